using System;
using System.Collections;
using System.Management.Automation;
using System.Xml;

namespace SPE.Streams;

/// <summary>Reads CLIXML, which the engine does without DTDs and with bounds on nesting.</summary>
internal static class CliXmlReply
{
    /// <summary>
    /// Adds each object, with one level of lists enumerated and lists inside of them left whole (client-module.md 9.1).
    /// </summary>
    /// <returns>Whether the text is CLIXML; nothing was added when not.</returns>
    public static bool TryRead(string text, Action<object?> add, out string problem)
    {
        problem = "";
        if (text.Length == 0)
        {
            return true;
        }

        object[] objects;
        try
        {
            objects = PSSerializer.DeserializeAsList(text);
        }
        catch (Exception error) when (error is XmlException or RuntimeException or InvalidOperationException or FormatException)
        {
            problem = LooksLikeHtml(text) ? "a page in HTML." : error.Message;
            return false;
        }

        foreach (var top in objects)
        {
            if (LanguagePrimitives.GetEnumerable(top) is { } items)
            {
                AddAll(items, add);
            }
            else
            {
                add(top);
            }
        }

        return true;
    }

    private static void AddAll(IEnumerable items, Action<object?> add)
    {
        foreach (var item in items)
        {
            add(item);
        }
    }

    private static bool LooksLikeHtml(string text)
    {
        var start = text.AsSpan().TrimStart();
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }
}
