using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using SPE.Worker.Commands;
using SPE.Worker.Runspaces;

namespace Sitecore.Jobs;

/// <summary>
/// The jobs of the caller, under the name by which polling scripts of stock clients look for them (client-module.md 13). Nobody sees
/// the jobs of somebody else.
/// </summary>
public static class JobManager
{
    /// <summary>How long the server may take to answer. A method cannot be stopped with its pipeline as a command is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The job of a handle, null where there is none.</summary>
    /// <exception cref="InvalidOperationException">The caller is no script of a request or job, or the server did not answer in 30 seconds.</exception>
    public static Job? GetJob(Handle? handle)
    {
        var wanted = handle?.ToString();
        return string.IsNullOrEmpty(wanted)
            ? null
            : GetJobs().FirstOrDefault(job => wanted.Equals(job.Handle.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The first job of a name, null where there is none.</summary>
    /// <exception cref="InvalidOperationException">As for a handle.</exception>
    public static Job? GetJob(string jobName) =>
        GetJobs().FirstOrDefault(job => job.Name.Equals(jobName, StringComparison.OrdinalIgnoreCase));

    /// <summary>All jobs of the caller.</summary>
    /// <exception cref="InvalidOperationException">As for a handle.</exception>
    public static IReadOnlyList<Job> GetJobs()
    {
        var run = CurrentRuns.OfThisThread
            ?? throw new InvalidOperationException("Jobs are reached from the script of a request or job alone, not from runspaces that it makes.");
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var reply = run.Invoke("session.list", All, default, patience.Token);
            var sessions = ScriptSessionObject.AllOf(reply);
            return [.. sessions.Where(session => session.Properties["ApplianceType"].Value is "BackgroundJob").Select(session => new Job(session))];
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"The server did not say within {Patience.TotalSeconds} seconds which jobs there are.");
        }
    }

    private static void All(Utf8JsonWriter json) => json.WriteBoolean("current", false);
}
