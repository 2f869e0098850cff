using System.Text.Json;

namespace SPE.Worker.Channel;

/// <summary>A message of the channel, joined from its frames: a JSON header and bytes.</summary>
internal readonly record struct Frame(JsonElement Header, byte[] Payload)
{
    /// <summary>Largest header of a frame, in bytes.</summary>
    public const int MaxHeader = 65_536;

    /// <summary>Largest payload of a frame, in bytes.</summary>
    public const int MaxPayload = 1_048_576;

    /// <summary>Bytes in front of the header: both lengths, little endian.</summary>
    public const int Prefix = 8;

    /// <summary>What kind of message this is.</summary>
    public string Type => Header.GetProperty("type").GetString() ?? string.Empty;

    /// <summary>Whether another frame of the same message follows.</summary>
    public bool More => Header.TryGetProperty("more", out var more) && more.ValueKind == JsonValueKind.True;

    /// <summary>The run the message is about, null for messages about the process.</summary>
    public long? Run => Number("run");

    /// <summary>The call the message answers, null for other messages.</summary>
    public long? Call => Number("call");

    private long? Number(string name) =>
        Header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
