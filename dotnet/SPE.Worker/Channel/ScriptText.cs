using System;
using System.Text;

namespace SPE.Worker.Channel;

/// <summary>The text of a script as it came: one reading for the scan and for the run.</summary>
internal static class ScriptText
{
    /// <summary>A byte order mark belongs to the file a script came from; to the engine it is part of the first word.</summary>
    public static string Decode(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text);
}
