using System;
using System.Text.Json;
using SPE.Worker.Scan;

namespace SPE.Worker.Channel;

/// <summary>What the worker says to the server (docs/developers/worker-channel.md, worker to server).</summary>
internal sealed class WorkerChannel(FrameQueue queue)
{
    /// <summary>Largest payload of a call, in bytes.</summary>
    public const int MaxCall = 33_554_432;

    /// <summary>Longest text about what a scan found, in characters.</summary>
    private const int MaxFinding = 500;

    public void Ready(string engine, string engineVersion) => Post("ready", json =>
    {
        json.WriteNumber("protocol", HelloMessage.Spoken);
        json.WriteString("engine", engine);
        json.WriteString("engineVersion", engineVersion);
    });

    /// <summary>Answers the question whether this process still hears.</summary>
    public void Pong() => Post("pong", static _ => { });

    public void Record(long run, ReadOnlySpan<byte> record) => Post("record", json => json.WriteNumber("run", run), record);

    /// <summary>At most <see cref="Frame.MaxPayload"/> bytes of the formatted output.</summary>
    public void Output(long run, ReadOnlySpan<byte> part) => Post("output", json => json.WriteNumber("run", run), part);

    /// <summary>Sends a call in as many frames as it needs.</summary>
    /// <returns>False when the channel is closed and no answer will come.</returns>
    public bool Call(long run, long call, string op, Action<Utf8JsonWriter>? fields, ReadOnlySpan<byte> payload)
    {
        var first = true;
        do
        {
            var part = payload[..Math.Min(payload.Length, Frame.MaxPayload)];
            payload = payload[part.Length..];
            var more = !payload.IsEmpty;
            var whole = first;
            var sent = Post("call", json =>
            {
                json.WriteNumber("run", run);
                json.WriteNumber("call", call);
                if (whole)
                {
                    json.WriteString("op", op);
                    fields?.Invoke(json);
                }

                if (more)
                {
                    json.WriteBoolean("more", true);
                }
            }, part);
            if (!sent)
            {
                return false;
            }

            first = false;
        }
        while (!payload.IsEmpty);
        return true;
    }

    public void Done(long run, string outcome, bool hadErrors, int? exitCode, ReadOnlySpan<byte> failure) => Post("done", json =>
    {
        json.WriteNumber("run", run);
        json.WriteString("outcome", outcome);
        json.WriteBoolean("hadErrors", hadErrors);
        if (exitCode is { } code)
        {
            json.WriteNumber("exitCode", code);
        }
    }, failure);

    /// <summary>What a scan found, null for nothing.</summary>
    public void Scanned(long scan, Finding? finding) => Post("scanned", json =>
    {
        json.WriteNumber("scan", scan);
        json.WriteString("verdict", finding is null ? "allowed" : "blocked");
        if (finding is not null)
        {
            json.WriteString("command", Cut(finding.Command));
            json.WriteString("reason", Cut(finding.Reason));
            json.WriteNumber("line", finding.Line);
            json.WriteNumber("column", finding.Column);
        }
    });

    private static string Cut(string text) => text.Length <= MaxFinding ? text : text[..MaxFinding];

    private bool Post(string type, Action<Utf8JsonWriter> fields, ReadOnlySpan<byte> payload = default) =>
        queue.Post(FrameBuilder.Build(type, fields, payload));
}
