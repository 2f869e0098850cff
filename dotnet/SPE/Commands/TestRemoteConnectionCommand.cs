using System.Management.Automation;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;
using SPE.Streams;

namespace SPE.Commands;

/// <summary>
/// Test-RemoteConnection: what the server says about itself, or nothing (client-module.md 14). No script runs, so no policy
/// can forbid it. It writes no errors: verbose says why there is no answer (CM-D-11).
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "RemoteConnection", DefaultParameterSetName = "Session")]
[OutputType(typeof(PSObject), typeof(bool))]
public sealed class TestRemoteConnectionCommand : RemoteCmdlet
{
    [Parameter(ParameterSetName = "Session")]
    [ValidateNotNull]
    public PSObject? Session { get; set; }

    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var remote = ReadSession(Session);
        PSObject? answer = null;
        foreach (var endpoint in remote.Endpoints)
        {
            answer = Ask(remote, endpoint) ?? answer;
        }

        WriteObject(Quiet ? (object)(answer is not null) : answer);
    }

    private PSObject? Ask(Remote remote, Endpoint endpoint)
    {
        var outcome = endpoint.Problem is { } problem
            ? new Outcome<Reply>(problem)
            : Call((client, onEvent, token) => client.Test(remote.To(endpoint), onEvent, token));
        if (OldServer.MayBe(outcome.Failure))
        {
            return new OldServer(this, remote, endpoint).Versions();
        }

        if (outcome.Failure is { } failure)
        {
            Tell($"No answer from {endpoint.Address}: {failure.Message}");
            return null;
        }

        if (JsonValue.TryParse(outcome.Reply!.Body, out var value) && value is PSObject answer)
        {
            return answer;
        }

        Tell($"No answer from {endpoint.Address}: the reply is not a JSON object, so this is no server of the protocol.");
        return null;
    }
}
