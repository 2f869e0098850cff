using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace SPE.Worker.Channel;

/// <summary>The order to look at a script that this process will never run.</summary>
internal sealed record ScanMessage(long Scan, IReadOnlyList<string> Commands, string Script)
{
    /// <exception cref="ChannelException">A field is missing or of another kind.</exception>
    public static ScanMessage Parse(in Frame frame)
    {
        try
        {
            return new ScanMessage(
                frame.Header.GetProperty("scan").GetInt64(),
                List(frame.Header.GetProperty("commands")),
                ScriptText.Decode(frame.Payload));
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ChannelException("a scan message is not complete: " + error.Message, error);
        }
    }

    /// <summary>The texts of a list of texts.</summary>
    public static IReadOnlyList<string> List(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString() ?? string.Empty)];
}
