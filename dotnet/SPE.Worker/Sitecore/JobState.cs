namespace Sitecore.Jobs;

/// <summary>How a job is. Jobs that wait for their turn read as running, as they do in <c>Get-ScriptSession</c>.</summary>
public enum JobState
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>It begins.</summary>
    Initializing,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It was asked to stop.</summary>
    AbortRequested,

    /// <summary>It was stopped.</summary>
    Aborted,

    /// <summary>It came to its end, or failed.</summary>
    Finished,
}
