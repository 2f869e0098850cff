using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Numerics;
using System.Security;
using System.Text.Json;

namespace SPE.Worker.Formats;

/// <summary>
/// Writes objects of scripts as JSON (wire-protocol.md 4.4, WP-D-56): dates in ISO 8601, enums by name, members in an order that stays,
/// and <c>$truncated</c> where the depth ends. A member that throws is null.
/// </summary>
internal sealed class JsonValues(Utf8JsonWriter json, int depth)
{
    private const string Truncated = "$truncated";

    private const int FlushAt = 16 * 1024;

    /// <summary>Most bytes of one object: a list without end has to end somewhere.</summary>
    private const long Largest = 64 << 20;

    /// <summary>Writes one object.</summary>
    public void Write(object? value) => Write(value, depth);

    private void Write(object? value, int left)
    {
        if (json.BytesPending > FlushAt)
        {
            json.Flush();
            if (json.BytesCommitted > Largest)
            {
                throw new InvalidOperationException($"It takes more than {Largest} bytes.");
            }
        }

        var wrapper = value as PSObject;
        var inner = wrapper?.BaseObject ?? value;
        if (WriteScalar(inner))
        {
            return;
        }

        if (left < 0)
        {
            json.WriteStartObject();
            json.WriteString(Truncated, Text(value));
            json.WriteEndObject();
        }
        else if (inner is IDictionary table)
        {
            WriteTable(table, left);
        }
        else if (inner is IEnumerable items)
        {
            WriteList(items, left);
        }
        else
        {
            WriteMembers(wrapper ?? PSObject.AsPSObject(inner!), left);
        }
    }

    private bool WriteScalar(object? value)
    {
        switch (value)
        {
            case null:
            case DBNull:
                json.WriteNullValue();
                return true;
            case string text:
                json.WriteStringValue(text);
                return true;
            case bool flag:
                json.WriteBooleanValue(flag);
                return true;
            case SwitchParameter flag:
                json.WriteBooleanValue(flag.IsPresent);
                return true;
            case Enum name:
                json.WriteStringValue(name.ToString());
                return true;
            case DateTime time:
                json.WriteStringValue(time.ToString("o", CultureInfo.InvariantCulture));
                return true;
            case DateTimeOffset time:
                json.WriteStringValue(time.ToString("o", CultureInfo.InvariantCulture));
                return true;
            case SecureString:
                // Outside of Windows its content stands in the object in clear.
                json.WriteStringValue(typeof(SecureString).FullName);
                return true;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                return true;
            case char or Guid or TimeSpan or Uri or Version or ScriptBlock or Type or DateOnly or TimeOnly:
                json.WriteStringValue(string.Format(CultureInfo.InvariantCulture, "{0}", value));
                return true;
            default:
                return WriteNumber(value);
        }
    }

    private bool WriteNumber(object value)
    {
        switch (value)
        {
            case int or long or short or sbyte or byte or ushort or uint:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                return true;
            case ulong number:
                json.WriteNumberValue(number);
                return true;
            case decimal number:
                json.WriteNumberValue(number);
                return true;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                return true;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                return true;
            case double or float:
                json.WriteStringValue(string.Format(CultureInfo.InvariantCulture, "{0}", value));
                return true;
            case BigInteger number:
                json.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Tables that keep no order of their own are written by their keys, so that two replies are the same.</summary>
    private void WriteTable(IDictionary table, int left)
    {
        IEnumerable<(string Key, object? Value)> entries =
            [.. table.Cast<DictionaryEntry>().Select(entry => (Text(entry.Key), entry.Value))];
        if (table is not OrderedDictionary)
        {
            entries = entries.OrderBy(entry => entry.Key, StringComparer.Ordinal);
        }

        json.WriteStartObject();
        foreach (var (key, value) in entries)
        {
            json.WritePropertyName(key);
            Write(value, left - 1);
        }

        json.WriteEndObject();
    }

    private void WriteList(IEnumerable items, int left)
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            Write(item, left - 1);
        }

        json.WriteEndArray();
    }

    private void WriteMembers(PSObject item, int left)
    {
        json.WriteStartObject();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in item.Properties)
        {
            if (member.IsGettable && written.Add(member.Name))
            {
                json.WritePropertyName(member.Name);
                Write(ValueOf(member), left - 1);
            }
        }

        json.WriteEndObject();
    }

    private static object? ValueOf(PSPropertyInfo member)
    {
        try
        {
            return member.Value;
        }
        catch (Exception error) when (error is not PipelineStoppedException)
        {
            return null;
        }
    }

    private static string Text(object? value)
    {
        try
        {
            return LanguagePrimitives.ConvertTo<string>(value) ?? "";
        }
        catch (Exception error) when (error is not PipelineStoppedException)
        {
            return value?.GetType().FullName ?? "";
        }
    }
}
