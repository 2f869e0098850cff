using System;
using System.Text.Json;
using System.Threading;
using SPE.Worker.Channel;

namespace SPE.Worker.Runspaces;

/// <summary>What the commands of a run's script may do: call the server in the name of the run.</summary>
internal sealed class RunCalls(RunMessage run, CallBroker calls)
{
    /// <summary>The account the run stands for.</summary>
    public string User => run.User;

    /// <inheritdoc cref="CallBroker.Invoke"/>
    public Frame Invoke(string op, Action<Utf8JsonWriter> fields, ReadOnlySpan<byte> payload, CancellationToken stop) =>
        calls.Invoke(run.Run, op, fields, payload, stop);
}
