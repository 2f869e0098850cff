using System.Management.Automation;
using SPE.Errors;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;

namespace SPE.Commands;

/// <summary>Stop-ScriptSession: frees what a session holds on each server (client-module.md 7).</summary>
[Cmdlet(VerbsLifecycle.Stop, "ScriptSession")]
[OutputType(typeof(void))]
public sealed class StopScriptSessionCommand : SessionCmdlet
{
    /// <summary>
    /// Seconds to wait for running scripts on a server of 8.x. Later servers stop a session at once, so there is nothing to bound
    /// (CM-D-28).
    /// </summary>
    [Parameter]
    public object? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Require(ParameterSetName != UriSet || !string.IsNullOrEmpty(SessionId), nameof(SessionId));
        var remote = ReadRemote();
        foreach (var endpoint in remote.Endpoints)
        {
            Stop(remote, endpoint);
        }

        // What the cookies led to is gone; a session that is used again gets new ones.
        Drive((client, _, _) => client.ForgetCookies(remote.Memory.CookieJar));
    }

    private void Stop(Remote remote, Endpoint endpoint)
    {
        Tell($"Cleaning up the session {remote.SessionId} on {endpoint.Address}");
        var outcome = endpoint.Problem is { } problem
            ? new Outcome<Reply>(problem)
            : Call((client, onEvent, token) => client.Cleanup(remote.To(endpoint), onEvent, token));
        if (outcome.Failure is not { } failure)
        {
            Tell($"{outcome.Reply!.Status} {outcome.Reply.Body}");
            return;
        }

        if (OldServer.MayBe(failure) && new OldServer(this, remote, endpoint).Stop(Timeout))
        {
            return;
        }

        // CM-D-11: a session that could not be stopped is told, and is no error: the server lets it go after a while.
        var status = failure.Status > 0 ? $" with status {failure.Status}" : "";
        Warn($"The session {remote.SessionId} was not cleaned up on {endpoint.Address}{status}: {failure.Message}");
    }
}
