using System.Collections.Generic;
using System.Management.Automation;

namespace Sitecore.Jobs;

/// <summary>What is known of the work of a job.</summary>
public sealed class JobStatus
{
    internal JobStatus(PSObject session)
    {
        var state = session.Properties["State"].Value as string;
        Failed = state == "Failed";
        State = state switch
        {
            "Busy" => JobState.Running,
            "Stopped" => JobState.Aborted,
            _ => JobState.Finished,
        };
        Messages = session.Properties["Error"].Value is PSObject error ? [$"{error.Properties["Message"].Value}"] : [];
    }

    /// <summary>How it is.</summary>
    public JobState State { get; }

    /// <summary>Whether an error ended it.</summary>
    public bool Failed { get; }

    /// <summary>The error that ended it.</summary>
    public IReadOnlyList<string> Messages { get; }

    /// <summary>Items that it went through. Scripts do not count any.</summary>
    public long Processed { get; }

    /// <summary>Items there are. Scripts do not count any.</summary>
    public long Total { get; } = -1;
}
