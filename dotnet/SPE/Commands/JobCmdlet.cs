using System.Management.Automation;

namespace SPE.Commands;

/// <summary>A command that waits for jobs.</summary>
public abstract class JobCmdlet : RemoteCmdlet
{
    /// <summary>Seconds between polls of a server without the wait route, and after a connection that broke.</summary>
    [Parameter]
    public int Delay { get; set; } = 1;

    /// <summary>Times in a row a 429 or 503 is tried again.</summary>
    [Parameter]
    [ValidateRange(0, 10)]
    public int MaxRetries { get; set; } = 2;

    /// <summary>Seconds the server may hold one request.</summary>
    [Parameter]
    [ValidateRange(1, 60)]
    public int WaitTimeoutSeconds { get; set; } = 30;
}
