using System;
using System.Management.Automation;
using System.Threading;
using SPE.Jobs;

namespace SPE.Commands;

/// <summary>Wait-RemoteConnection: waits until a server runs jobs (client-module.md 15).</summary>
[Cmdlet(VerbsLifecycle.Wait, "RemoteConnection")]
[OutputType(typeof(void))]
public sealed class WaitRemoteConnectionCommand : RemoteCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    public PSObject? Session { get; set; }

    [Parameter(Position = 1)]
    [ValidateRange(5, 600)]
    public int TimeoutSeconds { get; set; } = 120;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(TimeoutSeconds));
        new WarmUp(this, ReadSession(Session), TimeoutSeconds, deadline.Token).Run();
    }
}
