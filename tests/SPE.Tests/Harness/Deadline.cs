using System;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>Bounds on waiting. They say when something hangs, never how fast it has to be.</summary>
internal static class Deadline
{
    /// <summary>Far beyond what anything here takes on a busy machine with two cores.</summary>
    public static TimeSpan Generous { get; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Waits for <paramref name="task"/> and fails with <paramref name="what"/> when it does not come.
    /// </summary>
    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Generous);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Did not happen within {Generous.TotalSeconds} s: {what}");
        }
    }

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Generous);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Did not happen within {Generous.TotalSeconds} s: {what}");
        }
    }
}
