using System.Text.Json;

namespace SPE.Worker.Channel;

/// <summary>The first frame of the server.</summary>
internal sealed record HelloMessage(int Protocol, string SpeVersion, string SitecoreVersion)
{
    /// <summary>The protocol this worker speaks.</summary>
    public const int Spoken = 1;

    public static HelloMessage Parse(in Frame frame)
    {
        if (frame.Type != "hello")
        {
            throw new ChannelException($"the first frame is '{frame.Type}', not 'hello'");
        }

        return new(
            frame.Header.GetProperty("protocol").GetInt32(),
            Text(frame.Header, "speVersion"),
            Text(frame.Header, "sitecoreVersion"));
    }

    private static string Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) ? value.GetString() ?? string.Empty : string.Empty;
}
