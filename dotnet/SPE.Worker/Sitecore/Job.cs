using System.Management.Automation;

namespace Sitecore.Jobs;

/// <summary>A job of the caller as it was when it was asked for.</summary>
public sealed class Job
{
    internal Job(PSObject session)
    {
        Handle = Handle.Parse(session.Properties["Handle"].Value as string);
        Name = session.Properties["JobName"].Value as string ?? "";
        Status = new JobStatus(session);
    }

    /// <summary>Its handle.</summary>
    public Handle Handle { get; }

    /// <summary>The name it was started with, else the id of its session.</summary>
    public string Name { get; }

    /// <summary>Always <c>PowerShell</c>: no other jobs run here.</summary>
    public string Category { get; } = "PowerShell";

    /// <summary>How it is.</summary>
    public JobStatus Status { get; }

    /// <summary>Whether it came to its end, whichever.</summary>
    public bool IsDone => Status.State is JobState.Finished or JobState.Aborted;
}
