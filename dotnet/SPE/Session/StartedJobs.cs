using System;
using System.Collections.Generic;
using System.Linq;

namespace SPE.Session;

/// <summary>The jobs that were started from this process last, for completion alone.</summary>
internal static class StartedJobs
{
    private const int Most = 100;

    private static readonly LinkedList<(string Id, DateTime Started, WeakReference<SessionMemory> Session)> Jobs = [];

    /// <summary>Notes a job by what its start put out.</summary>
    public static void Add(object? output, SessionMemory session)
    {
        if (output?.ToString() is not { Length: > 0 } id)
        {
            return;
        }

        lock (Jobs)
        {
            Jobs.AddFirst((id, DateTime.Now, new WeakReference<SessionMemory>(session)));
            if (Jobs.Count > Most)
            {
                Jobs.RemoveLast();
            }
        }
    }

    /// <summary>The jobs of a session, or of all when it is null, the newest first.</summary>
    public static IReadOnlyList<(string Id, DateTime Started)> Of(SessionMemory? session)
    {
        lock (Jobs)
        {
            return [.. Jobs.Where(job => session is null || (job.Session.TryGetTarget(out var own) && own == session))
                .Select(job => (job.Id, job.Started))];
        }
    }
}
