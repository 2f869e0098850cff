using System;
using System.Text.Json;
using System.Threading;
using SPE.Worker.Channel;

namespace SPE.Worker.Runspaces;

/// <summary>What the commands of a run's script may do: call the server in the name of the run.</summary>
internal sealed class RunCalls(RunMessage run, RunChannel channel, CallBroker calls)
{
    /// <summary>The account the run stands for.</summary>
    public string User => run.User;

    /// <summary>The session or job that the script runs in, null for a throw-away call.</summary>
    public string? SessionId => run.SessionId;

    /// <inheritdoc cref="CallBroker.Invoke"/>
    public Frame Invoke(string op, Action<Utf8JsonWriter> fields, ReadOnlySpan<byte> payload, CancellationToken stop) =>
        calls.Invoke(channel, op, fields, payload, stop);
}
