using System;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using SPE.Worker.Channel;
using SPE.Worker.Formats;
using SPE.Worker.Scan;

namespace SPE.Worker.Runspaces;

/// <summary>One run from its order to its <c>done</c>.</summary>
internal sealed class ScriptRun
{
    private readonly StoppablePipelines _pipelines = new();
    private readonly RunMessage _message;
    private readonly HelloMessage _server;
    private readonly CallBroker _calls;
    private readonly RunChannel _channel;
    private readonly RecordWriter _records;
    private bool _hadErrors;

    public ScriptRun(RunMessage message, HelloMessage server, WorkerChannel channel, CallBroker calls)
    {
        _message = message;
        _server = server;
        _calls = calls;
        _channel = new RunChannel(channel, message.Run);
        _records = new RecordWriter(_channel);
    }

    public RunMessage Message => _message;

    /// <summary>Runs the script and says how it ended. Does not throw for anything a script can do.</summary>
    /// <returns>The runspace to be given back to <paramref name="source"/>, null when there was none.</returns>
    public PreparedRunspace? Execute(RunspaceSource source)
    {
        PreparedRunspace? prepared = null;
        RunFailure? failure;
        var stopped = false;
        try
        {
            var output = CreateOutput();
            prepared = source.Take(_message.KeepRunspace, _message.Bounds);
            failure = Run(prepared, output);
            stopped = failure is not null && _pipelines.IsStopped;
            Complete(output, stopped ? null : failure, prepared);
        }
        catch (Exception error)
        {
            failure = RunFailure.Of(error);
            stopped = _pipelines.IsStopped;
        }

        var outcome = (failure, stopped) switch
        {
            (null, _) => "completed",
            (_, true) => "stopped",
            _ => "failed",
        };
        _channel.Done(outcome, _hadErrors, prepared?.Host.ExitCode, stopped ? default : failure?.ToJson());
        return prepared;
    }

    /// <summary>Stops the script, or keeps it from starting. Returns at once; the run still ends with its <c>done</c>.</summary>
    public void Cancel() => _pipelines.Stop();

    private RunFailure? Run(PreparedRunspace prepared, RunOutput output)
    {
        prepared.Host.Begin(line => _records.Message("information", line));
        CurrentRuns.Begin(prepared.Runspace, new RunCalls(_message, _channel, _calls));
        try
        {
            RefuseUsing();
            RunVariables.Set(prepared.Runspace, _message, _server);
            using var preferences = _message.CaptureStreams ? new CapturePreferences(prepared.Runspace) : null;
            Invoke(prepared, output);
            return null;
        }
        catch (ParseException error) when (error.Errors is not { Length: > 0 })
        {
            // The engine does not say where a script is that ends too early. The parser does.
            Parser.ParseInput(_message.Script, out _, out var errors);
            return RunFailure.Of(errors.Length > 0 ? new ParseException(errors) : error);
        }
        catch (Exception error)
        {
            return RunFailure.Of(error);
        }
        finally
        {
            CurrentRuns.End(prepared.Runspace);
            prepared.Host.End();
        }
    }

    /// <summary>The engine loads what a script names so, whatever commands its session has.</summary>
    private void RefuseUsing()
    {
        if (_message.Commands is not null && LeadingUsing.Find(_message.Script) is { Reason: var reason })
        {
            throw RunRefusedException.Policy(reason);
        }
    }

    private void Invoke(PreparedRunspace prepared, RunOutput output)
    {
        using var shell = PowerShell.Create();
        shell.Runspace = prepared.Runspace;
        shell.AddScript(_message.Script, useLocalScope: false);
        using var objects = new PSDataCollection<PSObject>();
        var relay = new StreamRelay(shell, objects, output, _records, _message.CaptureStreams);
        try
        {
            _pipelines.Invoke(shell, objects);
        }
        finally
        {
            _hadErrors = relay.HadErrors;
        }
    }

    private void Complete(RunOutput output, RunFailure? failure, PreparedRunspace prepared)
    {
        if (failure is not null)
        {
            output.AddFailure(failure.Record);
        }

        if (!output.HasObjects || _pipelines.IsStopped || !prepared.IsUsable)
        {
            // Nothing needs a pipeline, or none runs any more and the objects go out as far as they can be read without.
            output.Complete();
            return;
        }

        using var shell = PowerShell.Create();
        shell.Runspace = prepared.Runspace;
        shell.AddCommand(CompleteOutputCommand.Info).AddParameter(nameof(CompleteOutputCommand.Output), output);
        using var objects = new PSDataCollection<PSObject>();
        _pipelines.Invoke(shell, objects);
    }

    private RunOutput CreateOutput()
    {
        var sink = new OutputSink(_channel);
        if (_message.IsJob)
        {
            return new JobOutput(sink, Warn);
        }

        return (_message.IsRaw, _message.Json) switch
        {
            (_, { } form) => new JsonOutput(sink, form, Warn),
            (true, _) => new RawOutput(sink, Warn),
            _ => new CliXmlOutput(sink, Warn),
        };
    }

    private void Warn(string text) => _records.Message("warning", text);
}
