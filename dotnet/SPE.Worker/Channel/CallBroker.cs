using System;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace SPE.Worker.Channel;

/// <summary>Matches the answers of the server to the calls that wait for them.</summary>
internal sealed class CallBroker
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<Frame>> _open = new();
    private long _last;
    private volatile bool _closed;

    /// <summary>Asks and waits.</summary>
    /// <exception cref="CallFailedException">The server refused, or the channel is closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; an answer that comes later is dropped.</exception>
    public Frame Invoke(
        RunChannel run, string op, Action<Utf8JsonWriter>? fields, ReadOnlySpan<byte> payload, CancellationToken stop)
    {
        if (payload.Length > WorkerChannel.MaxCall)
        {
            throw CallFailedException.TooLarge(payload.Length);
        }

        var call = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<Frame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[call] = answer;
        try
        {
            if (_closed || !run.Call(call, op, fields, payload))
            {
                throw CallFailedException.Closed();
            }

            answer.Task.Wait(stop);
            var reply = answer.Task.Result;
            return reply.Header.GetProperty("ok").GetBoolean() ? reply : throw CallFailedException.Of(reply.Header);
        }
        catch (AggregateException error) when (error.InnerException is CallFailedException)
        {
            throw CallFailedException.Closed();
        }
        finally
        {
            _open.TryRemove(call, out _);
        }
    }

    /// <summary>Takes a <c>reply</c> message. One that nobody waits for any more is dropped.</summary>
    public void Reply(in Frame reply)
    {
        if (reply.Call is { } call && _open.TryGetValue(call, out var answer))
        {
            answer.TrySetResult(reply);
        }
    }

    /// <summary>Ends every wait: no answers come any more.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var answer in _open.Values)
        {
            answer.TrySetException(CallFailedException.Closed());
        }
    }
}
