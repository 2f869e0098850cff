using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using SPE.Native;

namespace SPE.Jobs;

/// <summary>
/// Waits for several jobs at once. What they have to say, and how each ends, is handed over on the pipeline thread, which is the one
/// that calls this.
/// </summary>
internal static class ParallelWaits
{
    /// <summary>Most waits that are held at a time; the others begin as these end.</summary>
    public const int MostAtOnce = 64;

    /// <summary>Waits until all ended, or <paramref name="onResult"/> answered that the others need not be waited for.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Run(
        ISpeClient client,
        IReadOnlyList<WaitCall> calls,
        Action<OperationEvent> onEvent,
        Func<WaitCall, Outcome<WaitResult>, bool> onResult,
        CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var inbox = new BlockingCollection<Func<bool>>();
        var waiting = new ConcurrentQueue<WaitCall>(calls);
        var lanes = Enumerable.Range(0, Math.Min(MostAtOnce, calls.Count)).Select(_ => Task.Factory.StartNew(
            Lane, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            for (var left = calls.Count; left > 0;)
            {
                // An event leaves the number of waits as it is.
                left -= inbox.Take(token)() ? 1 : 0;
            }
        }
        catch (NoneLeftException)
        {
            // The rest need not be waited for.
        }
        finally
        {
            stop.Cancel();
            Task.WaitAll(lanes, CancellationToken.None);
        }

        void Lane()
        {
            while (!stop.IsCancellationRequested && waiting.TryDequeue(out var call))
            {
                try
                {
                    var outcome = client.Wait(call, item => inbox.Add(() => Hand(item), CancellationToken.None), stop.Token);
                    inbox.Add(() => onResult(call, outcome) ? true : throw new NoneLeftException(), CancellationToken.None);
                }
                catch (Exception error)
                {
                    // Thrown anew as what it is: the caller tells a stop and a library that does not fit from other ends.
                    var thrown = ExceptionDispatchInfo.Capture(error);
                    inbox.Add(() => Rethrow(thrown), CancellationToken.None);
                }
            }
        }

        bool Hand(OperationEvent item)
        {
            onEvent(item);
            return false;
        }
    }

    private static bool Rethrow(ExceptionDispatchInfo thrown)
    {
        thrown.Throw();
        return false;
    }

    private sealed class NoneLeftException : Exception
    {
    }
}
