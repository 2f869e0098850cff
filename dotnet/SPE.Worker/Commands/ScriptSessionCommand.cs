using System;
using System.Collections.Generic;
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
    protected override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command ended while it was being stopped.
        }
    }

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
        catch (ChannelException error)
        {
            // Hundreds of ids, or a name that is a text: nothing was sent.
            WriteError(new ErrorRecord(error, "TooLarge", ErrorCategory.LimitsExceeded, target));
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

    /// <summary>The ids of sessions. What is no session is an error of its own.</summary>
    private protected IEnumerable<string> IdsOf(PSObject[] sessions)
    {
        foreach (var session in sessions)
        {
            if (SessionReference.IdOf(session) is { } id)
            {
                yield return id;
            }
            else
            {
                WriteError(new ErrorRecord(
                    new PSArgumentException("The object is neither a script session nor the id of one."),
                    "NotAScriptSession",
                    ErrorCategory.InvalidArgument,
                    session));
            }
        }
    }

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
