using System;
using System.Management.Automation;
using System.Text.Json;
using System.Threading;
using SPE.Worker.Channel;
using SPE.Worker.Runspaces;

namespace SPE.Worker.Commands;

/// <summary>What the commands share: a call to the server that stops with the pipeline, and its errors as records.</summary>
public abstract class ScriptSessionCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Frees what the command holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>The run of the script that called the command.</summary>
    private protected RunCalls Run => CurrentRuns.OfThisThread ?? throw Refuse(
        "NotInRemotingRun",
        ErrorCategory.InvalidOperation,
        "Script sessions are reached from the script of a request or job alone, not from runspaces that it makes.");

    /// <summary>
    /// Calls the server. What it refuses becomes a non-terminating error about <paramref name="target"/>, and null comes back.
    /// </summary>
    private protected Frame? Call(
        string op, object? target, Action<Utf8JsonWriter> fields, ReadOnlySpan<byte> payload = default)
    {
        try
        {
            return Run.Invoke(op, fields, payload, _stop.Token);
        }
        catch (CallFailedException error)
        {
            WriteError(new ErrorRecord(error, error.ErrorId, error.Category, target));
            return null;
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Writes the sessions of a reply.</summary>
    private protected void WriteSessions(in Frame reply) =>
        WriteObject(ScriptSessionObject.AllOf(reply), enumerateCollection: true);

    /// <summary>Says that there is no such session.</summary>
    private protected void WriteNotFound(string id) => WriteError(new ErrorRecord(
        new ItemNotFoundException($"There is no script session with the id '{id}'."),
        "SessionNotFound",
        ErrorCategory.ObjectNotFound,
        id));

    /// <summary>Ends the command with an error. Throws; the return type serves expressions.</summary>
    private protected Exception Refuse(string errorId, ErrorCategory category, string message)
    {
        ThrowTerminatingError(new ErrorRecord(new InvalidOperationException(message), errorId, category, targetObject: null));
        return new InvalidOperationException(message);
    }
}
