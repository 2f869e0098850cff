using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Numerics;
using System.Threading;
using Newtonsoft.Json;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Writes objects as JSON by their properties, down to a depth.</summary>
internal sealed class JsonText(
    int depth, bool enumsAsStrings, bool compress, StringEscapeHandling escaping, CancellationToken cancellation)
{
    /// <summary>Whether something lay deeper than the depth.</summary>
    public bool IsTruncated { get; private set; }

    public string Of(object? value)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var writer = new JsonTextWriter(text)
        {
            Formatting = compress ? Formatting.None : Formatting.Indented,
            StringEscapeHandling = escaping,
        };
        Write(writer, value, 0);
        return text.ToString();
    }

    private void Write(JsonTextWriter writer, object? value, int level)
    {
        cancellation.ThrowIfCancellationRequested();
        var wrapped = value as PSObject;
        var plain = wrapped is null ? value : wrapped.BaseObject;
        if (plain is null or DBNull || ReferenceEquals(value, System.Management.Automation.Internal.AutomationNull.Value))
        {
            writer.WriteNull();
        }
        else if (plain is string or DateTime)
        {
            writer.WriteValue(plain);
        }
        else if (!IsScalar(plain) && level > depth)
        {
            IsTruncated = true;
            writer.WriteValue(LanguagePrimitives.ConvertTo<string>(value));
        }
        else
        {
            WriteWithNotes(writer, wrapped, plain, level);
        }
    }

    /// <summary>What a script has added to a value is kept, with the value itself under the name "value".</summary>
    private void WriteWithNotes(JsonTextWriter writer, PSObject? wrapped, object plain, int level)
    {
        var notes = Notes(wrapped, plain);
        if (plain is IDictionary table)
        {
            WriteObject(writer, Entries(table).Concat(notes), level);
        }
        else if (!IsScalar(plain) && plain is not IEnumerable)
        {
            var source = wrapped ?? PSObject.AsPSObject(plain);
            WriteObject(writer, source.Properties.Where(item => item.IsGettable).Select(item => (item.Name, Value(item))), level);
        }
        else if (notes.Count > 0)
        {
            WriteObject(writer, notes.Prepend(("value", plain)), level);
        }
        else if (IsScalar(plain))
        {
            WriteScalar(writer, plain);
        }
        else
        {
            writer.WriteStartArray();
            foreach (var item in (IEnumerable)plain)
            {
                Write(writer, item, level + 1);
            }

            writer.WriteEndArray();
        }
    }

    private void WriteObject(JsonTextWriter writer, IEnumerable<(string Name, object? Value)> members, int level)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, value, level + 1);
        }

        writer.WriteEndObject();
    }

    private void WriteScalar(JsonTextWriter writer, object value)
    {
        switch (value)
        {
            case Enum when enumsAsStrings:
                writer.WriteValue(value.ToString());
                break;
            case Enum:
                writer.WriteValue(Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), CultureInfo.InvariantCulture));
                break;
            case BigInteger number:
                writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteValue(value);
                break;
        }
    }

    private static bool IsScalar(object value) =>
        value.GetType().IsPrimitive || value is string or decimal or DateTime or DateTimeOffset or Guid or Uri or BigInteger or Enum;

    private static IEnumerable<(string Name, object? Value)> Entries(IDictionary table)
    {
        foreach (DictionaryEntry entry in table)
        {
            yield return (entry.Key.ToString() ?? string.Empty, entry.Value);
        }
    }

    private static List<(string Name, object? Value)> Notes(PSObject? wrapped, object plain) =>
        wrapped is null || plain is PSCustomObject
            ? []
            : [.. wrapped.Properties.Where(item => item is PSNoteProperty && item.IsInstance).Select(item => (item.Name, Value(item)))];

    /// <summary>A property that fails to be read is nothing.</summary>
    private static object? Value(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }
}
