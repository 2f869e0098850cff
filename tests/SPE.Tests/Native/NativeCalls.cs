using System;
using System.Collections.Generic;
using System.Threading;
using SPE.Native;
using SPE.Tests.Harness;

namespace SPE.Tests.Native;

/// <summary>Calls of the client as cmdlets make them.</summary>
internal static class NativeCalls
{
    /// <summary>The client of the process, as cmdlets have it.</summary>
    public static ISpeClient Client => SpeClient.Instance;

    public static Target Target(Uri uri) => new()
    {
        BaseUri = uri,
        Credential = new() { SharedSecret = Secrets.Any, Username = "sitecore\\admin" },
        SessionId = "session-1",
        CookieJar = Guid.NewGuid(),
    };

    public static ScriptCall Script(Uri uri, string script, string? arguments = null) =>
        new() { Target = Target(uri), Script = script, Arguments = arguments, OutputFormat = "Raw" };

    public static WaitCall Wait(Uri uri) => new() { Target = Target(uri), JobId = "job-1", WantRecords = true };

    public static JwtCall Jwt(string algorithm = "HS256") =>
        new() { Algorithm = algorithm, Issuer = "issuer", Audience = "https://server.test", SecretKey = Secrets.Any };

    public static Outcome<Reply> Run(ScriptCall call) =>
        Client.RunScript(call, static _ => { }, CancellationToken.None);

    /// <summary>Waits and keeps what was said meanwhile.</summary>
    public static (Outcome<WaitResult> Outcome, IReadOnlyList<OperationEvent> Events) Run(WaitCall call)
    {
        var events = new List<OperationEvent>();
        return (Client.Wait(call, events.Add, CancellationToken.None), events);
    }
}
