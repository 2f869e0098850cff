using System;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Cancellation;

/// <summary>
/// decisions.md, disconnect: the server ends what it ran for a request whose client went away; a job goes on.
/// </summary>
public sealed class DisconnectTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory, BothLanguages]
    public async Task ScriptOfAStoppedCallIsCancelled(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        var running = shell.StartRemote(beacon.Around("Start-Sleep -Seconds 600"));
        using var script = await beacon.Arrival();
        Assert.True((await running.Stop()).Stopped);
        await script.Ended.Within("the server cancels the script\n" + server.Log);
        Assert.Equal("next", shell.Remote("'next'").Value);
    }

    /// <summary>
    /// engine-notes.md 3: what does not listen to a stop is ended with its process; the session lives on.
    /// </summary>
    [Fact]
    public async Task ScriptThatCannotBeStoppedIsKilled()
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        var running = shell.StartRemote(beacon.Around("[System.Threading.Thread]::Sleep(600000)"));
        using var script = await beacon.Arrival();
        await running.Stop();
        await script.Ended.Within("the server kills the worker\n" + server.Log);
        Assert.Equal("next", shell.Remote("'next'").Value);
    }

    /// <summary>A persistent session keeps its state when one of its calls is stopped.</summary>
    [Fact]
    public async Task PersistentSessionSurvivesAStoppedCall()
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        shell.Run("$s.PersistentSession = $true").NoErrors();
        shell.Remote("$global:kept = 5").NoErrors();
        var running = shell.StartRemote(beacon.Around("Start-Sleep -Seconds 600"));
        using var script = await beacon.Arrival();
        await running.Stop();
        await script.Ended.Within("the server cancels the script");
        Assert.Equal(5, shell.Remote("$global:kept").Value);
        shell.Run("Stop-ScriptSession -Session $s").NoErrors();
    }

    [Theory, BothLanguages]
    public async Task JobOfAStoppedWaitGoesOn(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        shell.StartJob(beacon.Around($"Write-Warning 'w'; {Beacon.AwaitRelease}; 'survived'"));
        var running = shell.Start(
            "Wait-RemoteScriptSession -Session $s -Id $id -OnWarning { Write-Information 'waiting' }");
        using var job = await beacon.Arrival();
        await running.Said("waiting");
        Assert.True((await running.Stop()).Stopped);
        job.Release();
        Assert.Equal("survived", shell.WaitForJob().OneObject().ToString());
    }
}
