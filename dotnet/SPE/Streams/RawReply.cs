using System;
using System.Collections.Generic;

namespace SPE.Streams;

/// <summary>Reads a raw reply: one text, and behind a mark the records as CLIXML (client-module.md 9.2).</summary>
internal static class RawReply
{
    private const string Mark = "<#messages#>";

    /// <summary>
    /// CM-D-34: the mark that counts is the last one with CLIXML behind it, since the text may hold the mark itself.
    /// </summary>
    public static void Read(string body, ReplyContent content)
    {
        var text = body;
        var records = new List<object?>();
        for (var at = LastMark(body, body.Length); at >= 0; at = LastMark(body, at))
        {
            var tail = body[(at + Mark.Length)..];
            if (tail.Length > 0 && CliXmlReply.TryRead(tail, records.Add, out _))
            {
                text = body[..at];
                break;
            }
        }

        if (text.Length > 0)
        {
            content.Add(text);
        }

        content.Items.AddRange(records.ConvertAll(record => (record, true)));
    }

    /// <summary>Where the last mark before a position begins, or -1.</summary>
    private static int LastMark(string body, int before) =>
        before <= 0 ? -1 : body.LastIndexOf(Mark, before - 1, StringComparison.OrdinalIgnoreCase);
}
