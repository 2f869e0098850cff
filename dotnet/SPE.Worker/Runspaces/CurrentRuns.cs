using System;
using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;
using SPE.Worker.Channel;

namespace SPE.Worker.Runspaces;

/// <summary>
/// Which run a runspace is in, for the commands of its script. Kept here and not in a variable, since a script can set
/// variables.
/// </summary>
internal static class CurrentRuns
{
    private static readonly ConcurrentDictionary<Guid, RunCalls> Runs = new();

    /// <summary>The run of the runspace that this thread works for, null where there is none, such as in the runspaces of
    /// <c>ForEach-Object -Parallel</c>.</summary>
    public static RunCalls? OfThisThread =>
        Runspace.DefaultRunspace is { } runspace && Runs.TryGetValue(runspace.InstanceId, out var run) ? run : null;

    public static void Begin(Runspace runspace, RunCalls run) => Runs[runspace.InstanceId] = run;

    public static void End(Runspace runspace) => Runs.TryRemove(runspace.InstanceId, out _);
}
