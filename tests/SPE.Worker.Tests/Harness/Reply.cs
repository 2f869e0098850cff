using System.Collections.Generic;
using System.Text;

namespace SPE.Worker.Tests.Harness;

/// <summary>What the test answers to a call.</summary>
internal sealed record Reply(IReadOnlyDictionary<string, object?> Fields, byte[] Payload)
{
    /// <summary>A session as docs/developers/worker-channel.md has it.</summary>
    public static Dictionary<string, object?> Session(string id, string state = "Available", object? error = null) => new()
    {
        ["id"] = id,
        ["kind"] = "BackgroundJob",
        ["state"] = state,
        ["name"] = id,
        ["handle"] = "{11111111-2222-3333-4444-555555555555};test",
        ["hasResult"] = true,
        ["autoDispose"] = false,
        ["error"] = error,
        ["startedUtc"] = "2026-05-02T08:15:30.1234567Z",
        ["endedUtc"] = null,
    };

    public static Reply One(string id, string state = "Available", object? error = null, string results = "") =>
        Ok(("session", Session(id, state, error))) with { Payload = Encoding.UTF8.GetBytes(results) };

    public static Reply Many(params Dictionary<string, object?>[] sessions) => Ok(("sessions", sessions));

    public static Reply Ok(params (string Name, object? Value)[] fields)
    {
        var all = new Dictionary<string, object?> { ["ok"] = true };
        foreach (var (name, value) in fields)
        {
            all[name] = value;
        }

        return new Reply(all, []);
    }

    public static Reply Refused(string errorId, string category) => new(
        new Dictionary<string, object?>
        {
            ["ok"] = false,
            ["errorId"] = errorId,
            ["message"] = "refused by the test",
            ["category"] = category,
        },
        []);
}
