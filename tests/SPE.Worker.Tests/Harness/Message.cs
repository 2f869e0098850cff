using System.Text;
using System.Text.Json;

namespace SPE.Worker.Tests.Harness;

/// <summary>A frame as it came from the worker.</summary>
internal sealed record Message(JsonElement Header, byte[] Payload)
{
    public string Type => Header.GetProperty("type").GetString()!;

    public long Run => Header.GetProperty("run").GetInt64();

    public string Text => Encoding.UTF8.GetString(Payload);

    public JsonElement Json => JsonDocument.Parse(Payload).RootElement;
}
