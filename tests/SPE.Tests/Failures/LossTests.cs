using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Failures;

/// <summary>The issue: killing the worker in the middle of a script and the server in the middle of a hold.</summary>
public sealed class LossTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Sleeping = "Start-Sleep -Seconds 600";

    [Theory, BothLanguages]
    public async Task WorkerKilledMidScriptIsANamedFailureAndTheNextCallWorks(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        var running = shell.StartRemote(beacon.Around(Sleeping));
        using var script = await beacon.Arrival();
        Assert.Contains(script.ProcessId, server.Workers);
        ProcessTable.Signal(script.ProcessId, ProcessTable.SigKill);

        var error = ErrorCatalogue.OnlyErrorOf(await running.Completion.Within("the call ends"));
        Assert.Contains("worker", error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("next", shell.Remote("'next'").Value);
    }

    [Fact]
    public void ScriptThatEndsItsOwnWorkerIsANamedFailure()
    {
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Remote("[Environment]::Exit(7)"));
        Assert.Contains("worker", error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("next", shell.Remote("'next'").Value);
    }

    [Theory, BothLanguages]
    public async Task WorkerOfAJobKilledIsAFailedJob(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        shell.StartJob(beacon.Around(Sleeping));
        using var job = await beacon.Arrival();
        var waiting = shell.Start("Wait-RemoteScriptSession -Session $s -Id $id");
        ProcessTable.Signal(job.ProcessId, ProcessTable.SigKill);
        var error = ErrorCatalogue.OnlyErrorOf(await waiting.Completion.Within("the wait ends"));
        Assert.Contains("worker", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// A persistent session whose worker died does not pretend: its state is gone, and it can be used again.
    /// </summary>
    [Fact]
    public async Task PersistentSessionCanBeUsedAfterItsWorkerDied()
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        shell.Run("$s.PersistentSession = $true").NoErrors();
        shell.Remote("$kept = 1").NoErrors();
        var running = shell.StartRemote(beacon.Around(Sleeping));
        using var script = await beacon.Arrival();
        ProcessTable.Signal(script.ProcessId, ProcessTable.SigKill);
        ErrorCatalogue.OnlyErrorOf(await running.Completion.Within("the call ends"));
        Assert.Equal(true, shell.Remote("$null -eq $kept").Value);
    }

    /// <summary>One worker's end touches nothing else.</summary>
    [Fact]
    public async Task OtherRunsAreNotTouched()
    {
        using var beacon = new Beacon();
        using var first = Shell.Open(server);
        using var second = Shell.Open(server);
        var lost = first.StartRemote(beacon.Around(Sleeping));
        using var victim = await beacon.Arrival();
        var kept = second.StartRemote(beacon.Around(Beacon.AwaitRelease + "; 'kept'"));
        using var survivor = await beacon.Arrival();
        Assert.NotEqual(victim.ProcessId, survivor.ProcessId);
        ProcessTable.Signal(victim.ProcessId, ProcessTable.SigKill);
        await lost.Completion.Within("the lost call ends");
        survivor.Release();
        Assert.Equal("kept", (await kept.Completion.Within("the other call ends")).Value);
    }

    [Theory, BothLanguages]
    public async Task ServerKilledMidHoldEndsTheWaitWithAnError(PSLanguageMode mode)
    {
        await using var own = await TestServer.Start();
        using var beacon = new Beacon();
        using var shell = Shell.Open(own, mode);
        shell.StartJob(beacon.Around($"Write-Warning 'w'; {Sleeping}"));
        var waiting = shell.Start(
            "Wait-RemoteScriptSession -Session $s -Id $id -OnWarning { Write-Information 'holding' }");
        using var job = await beacon.Arrival();
        await waiting.Said("holding");
        await own.Kill();
        var error = ErrorCatalogue.OnlyErrorOf(await waiting.Completion.Within("the wait gives up"));
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
    }

    [Theory, BothLanguages]
    public async Task ServerKilledMidScriptIsOneError(PSLanguageMode mode)
    {
        await using var own = await TestServer.Start();
        using var beacon = new Beacon();
        using var shell = Shell.Open(own, mode);
        var running = shell.StartRemote(beacon.Around(Sleeping));
        using var script = await beacon.Arrival();
        var workers = own.Workers;
        await own.Kill();
        var error = ErrorCatalogue.OnlyErrorOf(await running.Completion.Within("the call ends"));
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);

        // engine-notes.md 3: workers carry a parent-death signal.
        Assert.All(
            workers, worker => Assert.True(ProcessTable.WaitForEnd(worker), $"Worker {worker} outlived its server."));
    }
}
