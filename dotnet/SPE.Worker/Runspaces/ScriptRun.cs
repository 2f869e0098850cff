using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.Worker.Channel;
using SPE.Worker.Formats;

namespace SPE.Worker.Runspaces;

/// <summary>One run from its order to its <c>done</c>.</summary>
internal sealed class ScriptRun(RunMessage message, HelloMessage server, WorkerChannel channel, CallBroker calls)
{
    private readonly object _gate = new();
    private readonly RecordWriter _records = new(channel, message.Run);
    private PowerShell? _running;
    private bool _cancelled;
    private bool _hadErrors;

    public RunMessage Message => message;

    /// <summary>Runs the script and says how it ended. Does not throw for anything a script can do.</summary>
    public void Execute(RunspaceSource source)
    {
        var output = CreateOutput();
        RunFailure? failure;
        try
        {
            var prepared = source.Take(message.KeepRunspace, message.LanguageMode);
            failure = Execute(prepared, output);
            Complete(output, failure, prepared.Runspace);
            channel.Done(message.Run, Outcome(failure), _hadErrors, prepared.Host.ExitCode, failure?.ToJson());
            source.Return(prepared);
        }
        catch (Exception error)
        {
            failure = RunFailure.Of(error);
            channel.Done(message.Run, Outcome(failure), _hadErrors, exitCode: null, failure.ToJson());
        }
    }

    /// <summary>Stops the script, or keeps it from starting. Returns at once; the run still ends with its <c>done</c>.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
            _running?.BeginStop(null, null);
        }
    }

    private RunFailure? Execute(PreparedRunspace prepared, RunOutput output)
    {
        prepared.Host.Begin(line => _records.Message("information", line));
        CurrentRuns.Begin(prepared.Runspace, new RunCalls(message, calls));
        try
        {
            RunVariables.Set(prepared.Runspace, message, server);
            using var preferences = message.CaptureStreams ? new CapturePreferences(prepared.Runspace) : null;
            Invoke(prepared.Runspace, output);
            return null;
        }
        catch (Exception error)
        {
            // A stopped pipeline is no failure, but a finally block can fail while it is being stopped.
            return error is PipelineStoppedException ? RunFailure.Stopped : RunFailure.Of(error);
        }
        finally
        {
            CurrentRuns.End(prepared.Runspace);
            prepared.Host.End();
        }
    }

    private void Invoke(Runspace runspace, RunOutput output)
    {
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(message.Script, useLocalScope: false);
        using var objects = new PSDataCollection<PSObject>();
        var relay = new StreamRelay(shell, objects, output, _records, message.CaptureStreams);
        try
        {
            IAsyncResult pending;
            lock (_gate)
            {
                if (_cancelled)
                {
                    throw new PipelineStoppedException();
                }

                pending = shell.BeginInvoke<PSObject, PSObject>(input: null, objects);
                _running = shell;
            }

            shell.EndInvoke(pending);
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }

            _hadErrors = relay.HadErrors;
        }
    }

    private static void Complete(RunOutput output, RunFailure? failure, Runspace runspace)
    {
        if (failure is { IsStop: false })
        {
            output.AddError(failure.Record);
        }

        // Types and script properties of the objects belong to the runspace they come from.
        var before = Runspace.DefaultRunspace;
        Runspace.DefaultRunspace = runspace;
        try
        {
            output.Complete();
        }
        finally
        {
            Runspace.DefaultRunspace = before;
        }
    }

    private string Outcome(RunFailure? failure)
    {
        if (failure is null)
        {
            return "completed";
        }

        return failure.IsStop || _cancelled ? "stopped" : "failed";
    }

    private RunOutput CreateOutput()
    {
        var sink = new OutputSink(channel, message.Run);
        if (message.IsJob)
        {
            return new JobOutput(sink, LeftOut);
        }

        return message.IsRaw ? new RawOutput(sink, LeftOut) : new CliXmlOutput(sink, LeftOut);
    }

    private void LeftOut(string text) => _records.Message("warning", text);
}
