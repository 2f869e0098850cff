using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using Newtonsoft.Json;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Makes objects, tables, arrays and values of JSON text.</summary>
internal sealed class JsonObjects(bool asHashtable, int depth)
{
    /// <exception cref="ArgumentException">The text is not JSON, is too deep, or has a key that objects cannot have.</exception>
    public object? Read(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text))
        {
            MaxDepth = depth,
            Culture = CultureInfo.InvariantCulture,
        };
        try
        {
            if (!reader.Read())
            {
                return null;
            }

            var value = Value(reader);
            return reader.Read()
                ? throw new JsonReaderException($"There is more text after the end of the value, on line {reader.LineNumber}.")
                : value;
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"Conversion from JSON failed with error: {error.Message}", error);
        }
    }

    private object? Value(JsonTextReader reader) => reader.TokenType switch
    {
        JsonToken.StartObject => asHashtable ? Table(reader) : Object(reader),
        JsonToken.StartArray => Items(reader),
        JsonToken.Null or JsonToken.Undefined => null,
        JsonToken.Integer or JsonToken.Float or JsonToken.String or JsonToken.Boolean or JsonToken.Date => reader.Value,
        _ => throw new JsonReaderException($"Unexpected {reader.TokenType} on line {reader.LineNumber}."),
    };

    private object?[] Items(JsonTextReader reader)
    {
        var items = new List<object?>();
        while (Next(reader) != JsonToken.EndArray)
        {
            items.Add(Value(reader));
        }

        return [.. items];
    }

    /// <summary>Keys keep their order and their case.</summary>
    private OrderedHashtable Table(JsonTextReader reader)
    {
        var table = new OrderedHashtable();
        while (Next(reader) != JsonToken.EndObject)
        {
            var name = (string)reader.Value!;
            Next(reader);
            table[name] = Value(reader);
        }

        return table;
    }

    private PSObject Object(JsonTextReader reader)
    {
        var result = new PSObject();
        while (Next(reader) != JsonToken.EndObject)
        {
            var name = (string)reader.Value!;
            if (name.Length == 0)
            {
                throw new ArgumentException("The JSON has a property with an empty name: use -AsHashtable for it.");
            }

            Next(reader);
            var value = Value(reader);
            if (result.Properties[name] is not { } known)
            {
                result.Properties.Add(new PSNoteProperty(name, value));
            }
            else if (known.Name == name)
            {
                known.Value = value;
            }
            else
            {
                throw new ArgumentException(
                    $"The JSON has the properties '{known.Name}' and '{name}', which differ by case alone: use -AsHashtable for them.");
            }
        }

        return result;
    }

    private static JsonToken Next(JsonTextReader reader)
    {
        do
        {
            if (!reader.Read())
            {
                throw new JsonReaderException($"The text ends too soon, on line {reader.LineNumber}.");
            }
        }
        while (reader.TokenType == JsonToken.Comment);

        return reader.TokenType;
    }
}
