using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SPE.Commands;
using SPE.Native;
using SPE.Session;
using SPE.Streams;

namespace SPE.Scripts;

/// <summary>A server of 8.x, where what later ones do by an action is done by script (client-module.md 25.2).</summary>
internal sealed class OldServer(RemoteCmdlet cmdlet, Remote remote, Endpoint endpoint)
{
    /// <summary>How long running scripts are waited for when the caller does not say, in seconds.</summary>
    private const int DefaultWait = 30;

    private const int LongestWait = 3600;

    /// <summary>
    /// Whether a failed action may mean such a server, which takes it for a script without text and answers 400. A reply with a request id
    /// is none of it: only our server sends one, and what it refuses is not to be run by script instead.
    /// </summary>
    public static bool MayBe(Failure? failure) => failure is { Status: 400, RequestId: "" };

    /// <summary>What the server tells about itself, or null.</summary>
    public PSObject? Versions() => Versions(script => cmdlet.Run(script, remote, endpoint, new ScriptOptions()));

    /// <summary>The same, for callers that have a bound of their own for what they run.</summary>
    public PSObject? Versions(Func<RemoteScript, Outcome<Reply>> run)
    {
        cmdlet.Tell($"{endpoint.Address} does not know the connection test, as servers of 8.x do not; it is asked by script.");
        var outcome = run(OldServerScripts.Versions);
        var answers = new List<object?>();
        if (outcome.Failure is null && CliXmlReply.TryRead(outcome.Reply!.Body, answers.Add, out _))
        {
            return ServerVersions.Of(answers.FirstOrDefault());
        }

        cmdlet.Tell($"No answer from {endpoint.Address}: {outcome.Failure?.Message ?? "the reply is not CLIXML."}");
        return null;
    }

    /// <summary>
    /// Removes the session, for which running scripts are waited for up to <paramref name="timeout"/> seconds. False when that cannot be
    /// done at all.
    /// </summary>
    public bool Stop(object? timeout)
    {
        cmdlet.Tell($"{endpoint.Address} does not know the cleanup, as servers of 8.x do not; it is done by script.");
        var seconds = timeout is not null && LanguagePrimitives.TryConvertTo<int>(timeout, out var given) ? given : DefaultWait;
        var script = OldServerScripts.Remove(remote.SessionId, Math.Clamp(seconds, 0, LongestWait));
        var outcome = cmdlet.Run(script, remote.WithNewId(), endpoint, new ScriptOptions { Format = "Raw" });
        if (outcome.Failure is { } failure)
        {
            cmdlet.Tell($"The script for it failed: {failure.Message}");
            return false;
        }

        if (!outcome.Reply!.Body.Contains(OldServerScripts.NoneLeft, StringComparison.Ordinal))
        {
            cmdlet.Warn($"The session {remote.SessionId} still runs a script on {endpoint.Address} and was not cleaned up.");
        }

        return true;
    }
}
