using System;
using System.Management.Automation;
using SPE.CliXml;

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

        object?[] objects;
        try
        {
            objects = CliXmlReader.Read(text);
        }
        catch (Exception error) when (CliXmlReader.IsFault(error))
        {
            problem = LooksLikeHtml(text) ? "a page in HTML." : error.Message;
            return false;
        }

        foreach (var item in CliXmlReader.Enumerate(objects))
        {
            add(item);
        }

        return true;
    }

    private static bool LooksLikeHtml(string text)
    {
        var start = text.AsSpan().TrimStart();
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }
}
