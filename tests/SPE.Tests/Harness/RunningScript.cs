using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>A script that is running in a <see cref="Shell"/>.</summary>
internal sealed class RunningScript
{
    private readonly PowerShell _powerShell;
    private readonly string _script;
    private readonly Func<string> _serverLog;
    private readonly PSDataCollection<PSObject?> _output = [];
    private readonly List<(string Text, TaskCompletionSource Source)> _waiters = [];
    private readonly TaskCompletionSource _progressed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunningScript(PowerShell powerShell, string script, Func<string> serverLog)
    {
        _powerShell = powerShell;
        _script = script;
        _serverLog = serverLog;
        powerShell.Streams.Information.DataAdded += (_, _) => Notify();
        powerShell.Streams.Progress.DataAdded += (_, _) => _progressed.TrySetResult();
        var end = powerShell.BeginInvoke<PSObject, PSObject?>(null, _output);
        Completion = Task.Factory.FromAsync(end, End);
    }

    /// <summary>Completes with everything the script left behind, also when it failed or was stopped.</summary>
    public Task<ScriptResult> Completion { get; }

    public ScriptResult Result()
    {
        if (Completion.Wait(Deadline.Generous))
        {
            return Completion.Result;
        }

        var state = Describe();
        _powerShell.BeginStop(null, null);
        throw new TimeoutException($"The script did not end within {Deadline.Generous.TotalSeconds} s.\n{state}");
    }

    /// <summary>Completes when the script wrote that text to its information stream.</summary>
    public async Task Said(string text)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiters)
        {
            _waiters.Add((text, source));
        }

        Notify();
        var first = await Task.WhenAny(source.Task, Completion).Within($"the script says '{text}'\n{Describe()}");
        Assert.True(first == source.Task || source.Task.IsCompleted, Describe());
    }

    /// <summary>Completes when the script has shown progress.</summary>
    public async Task Progressed() => await _progressed.Task.Within("the script shows progress\n" + Describe());

    /// <summary>Ctrl+C: asks the pipeline to stop and waits for its end.</summary>
    public async Task<ScriptResult> Stop()
    {
        Assert.False(Completion.IsCompleted, "The script ended before it could be stopped.\n" + Describe());
        await Task.Factory.FromAsync(
            _powerShell.BeginStop, _powerShell.EndStop, null).Within("PowerShell.Stop() returns\n" + Describe());
        return await Completion.Within("the pipeline ends after PowerShell.Stop()");
    }

    private void Notify()
    {
        var said = _powerShell.Streams.Information.Select(record => record.MessageData?.ToString()).ToHashSet();
        lock (_waiters)
        {
            foreach (var (_, source) in _waiters.Where(waiter => said.Contains(waiter.Text)))
            {
                source.TrySetResult();
            }
        }
    }

    private ScriptResult End(IAsyncResult end)
    {
        ErrorRecord? terminating = null;
        var stopped = false;
        try
        {
            _powerShell.EndInvoke(end);
        }
        catch (PipelineStoppedException)
        {
            stopped = true;
        }
        catch (RuntimeException error)
        {
            // The record inside an exception stands for it without holding it; this puts the exception back.
            terminating = new ErrorRecord(error.ErrorRecord, error);
        }

        return Snapshot(terminating, stopped);
    }

    private ScriptResult Snapshot(ErrorRecord? terminating, bool stopped) => new(() => $"SCRIPT {_script}\nSERVER {_serverLog()}")
    {
        Output = [.. _output],
        Errors = [.. _powerShell.Streams.Error],
        Warnings = [.. _powerShell.Streams.Warning.Select(record => record.Message)],
        Verbose = [.. _powerShell.Streams.Verbose.Select(record => record.Message)],
        Debug = [.. _powerShell.Streams.Debug.Select(record => record.Message)],
        Information = [.. _powerShell.Streams.Information.Select(record => record.ToString())],
        Progress = [.. _powerShell.Streams.Progress],
        Terminating = terminating,
        Stopped = stopped,
    };

    private string Describe() => Completion is { IsCompletedSuccessfully: true }
        ? Completion.Result.Describe("So far:")
        : Snapshot(null, false).Describe("So far:");
}
