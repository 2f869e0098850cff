using System;
using System.Management.Automation;
using SPE.Errors;
using SPE.Jobs;
using SPE.Scripts;

namespace SPE.Commands;

/// <summary>Wait-RemoteSitecoreJob: waits until Sitecore jobs ended (client-module.md 13).</summary>
[Cmdlet(VerbsLifecycle.Wait, "RemoteSitecoreJob", DefaultParameterSetName = "Session")]
[OutputType(typeof(void))]
public sealed class WaitRemoteSitecoreJobCommand : JobCmdlet
{
    [Parameter(ParameterSetName = "Session")]
    [ValidateNotNull]
    public PSObject? Session { get; set; }

    [Parameter]
    [ValidateNotNull]
    public string[]? Ids { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Require(Ids is { Length: > 0 }, nameof(Ids));
        var remote = ReadSession(Session);
        if (Array.FindIndex(Ids!, string.IsNullOrWhiteSpace) is >= 0 and var place)
        {
            ThrowTerminatingError(FailureErrors.Unusable(
                nameof(Ids), $"Element {place + 1} of Ids is empty; each is the handle of a Sitecore job."));
        }

        new SitecoreJobWait(this, remote, new ScriptOptions { MaxRetries = MaxRetries })
        {
            HoldSeconds = WaitTimeoutSeconds, DelaySeconds = Delay,
        }.Run(Ids!);
    }
}
