using System;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;

namespace SPE.CliXml;

/// <summary>
/// One document of several objects (client-module.md 20). The engine writes a document for each; here they become one, with the
/// numbers by which objects and types refer to each other counted on.
/// </summary>
internal sealed partial class CliXmlDocument
{
    internal const string Start = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";
    internal const string End = "</Objs>";

    private readonly StringBuilder _objects = new();
    private int _nextObject;
    private int _nextType;

    /// <summary>Adds an object with <paramref name="depth"/> levels of properties.</summary>
    public void Add(object? item, int depth)
    {
        var (objects, types) = (_nextObject, _nextType);
        var written = new StringBuilder();

        // In the text of a value a line end is written as _x000A_, so every one that is found is indentation.
        foreach (var line in PSSerializer.Serialize(item, depth).Split('\n'))
        {
            var markup = line.Trim(' ', '\r');
            if (!markup.StartsWith("<Objs", StringComparison.Ordinal) && markup != End)
            {
                written.Append(References().Replace(markup, match => Renumber(match, objects, types)));
            }
        }

        _objects.Append(written);
    }

    /// <summary>The document.</summary>
    public override string ToString() => $"{Start}{_objects}{End}";

    private string Renumber(Match reference, int objects, int types)
    {
        var number = int.Parse(reference.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        if (reference.Groups["kind"].Value.StartsWith("TN", StringComparison.Ordinal))
        {
            number += types;
            _nextType = Math.Max(_nextType, number + 1);
        }
        else
        {
            number += objects;
            _nextObject = Math.Max(_nextObject, number + 1);
        }

        return $"{reference.Groups["head"].ValueSpan}{number.ToString(CultureInfo.InvariantCulture)}\"";
    }

    /// <summary>Quotes and angle brackets of values are escaped, so this is found in markup alone.</summary>
    [GeneratedRegex("(?<head><(?<kind>Obj|Ref|TNRef|TN)(?: N=\"[^\"]*\")? RefId=\")(?<number>[0-9]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex References();
}
