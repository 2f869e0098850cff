using System;
using System.Text.Json;

namespace SPE.Worker.Channel;

/// <summary>
/// The channel as one run may use it. Nothing goes out behind its <c>done</c>: threads that a script left behind may still
/// write, and the server ends a process that speaks of a run that is over.
/// </summary>
internal sealed class RunChannel(WorkerChannel channel, long run)
{
    private readonly object _gate = new();
    private bool _ended;

    public void Record(ReadOnlySpan<byte> record)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                channel.Record(run, record);
            }
        }
    }

    /// <summary>At most <see cref="Frame.MaxPayload"/> bytes of the formatted output.</summary>
    public void Output(ReadOnlySpan<byte> part)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                channel.Output(run, part);
            }
        }
    }

    /// <summary>Sends a call.</summary>
    /// <returns>False when the run or the channel has ended and no answer will come.</returns>
    public bool Call(long call, string op, Action<Utf8JsonWriter>? fields, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            return !_ended && channel.Call(run, call, op, fields, payload);
        }
    }

    /// <summary>Ends the run.</summary>
    public void Done(string outcome, bool hadErrors, int? exitCode, ReadOnlySpan<byte> failure)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _ended = true;
                channel.Done(run, outcome, hadErrors, exitCode, failure);
            }
        }
    }
}
