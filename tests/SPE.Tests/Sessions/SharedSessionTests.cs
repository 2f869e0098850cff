using System.Linq;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>CM-D-22: one session object, used from several runspaces of a process at once.</summary>
public sealed class SharedSessionTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task ThrowAwayCallsOfOneSessionRunSideBySide()
    {
        using var first = Shell.Open(server);
        var shells = Enumerable.Range(0, 4).Select(_ => Shell.Open(server)).ToArray();
        var session = first.Get("s");
        var running = shells.Select((shell, index) =>
        {
            shell.Set("s", session);
            shell.Set("index", index);
            return shell.Start("foreach ($n in 1..10) { Invoke-RemoteScript -Session $s -ScriptBlock { $using:index * 100 + $using:n } }").Completion;
        }).ToArray();

        var results = await Task.WhenAll(running).Within("all runspaces end");
        for (var index = 0; index < shells.Length; index++)
        {
            Assert.Equal(
                Enumerable.Range(1, 10).Select(n => (object)((index * 100) + n)), results[index].NoErrors().Values);
            shells[index].Dispose();
        }
    }

    /// <summary>
    /// WP-D-08: calls that meet on one persistent session wait for each other; none is skipped in silence.
    /// </summary>
    [Fact]
    public async Task CallsOfOnePersistentSessionAreQueued()
    {
        using var first = Shell.Open(server);
        using var second = Shell.Open(server);
        first.Run("$s.PersistentSession = $true").NoErrors();
        first.Remote("$global:count = 0").NoErrors();
        second.Set("s", first.Get("s"));
        const string TenTimes = "foreach ($n in 1..10) { Invoke-RemoteScript -Session $s -ScriptBlock { $global:count++; 'ran' } }";
        var results = await Task.WhenAll(
            first.Start(TenTimes).Completion, second.Start(TenTimes).Completion).Within("both runspaces end");
        Assert.All(results, result => Assert.Equal(10, result.NoErrors().Output.Count));
        Assert.Equal(20, first.Remote("$global:count").Value);
        first.Run("Stop-ScriptSession -Session $s").NoErrors();
    }

    /// <summary>A held wait does not keep other calls of the session waiting (WP-D-12).</summary>
    [Fact]
    public async Task HeldWaitDoesNotBlockOtherCalls()
    {
        using var beacon = new Beacon();
        using var first = Shell.Open(server);
        using var second = Shell.Open(server);
        first.StartJob(beacon.Around(Beacon.AwaitRelease));
        var waiting = first.Start("Wait-RemoteScriptSession -Session $s -Id $id");
        using var job = await beacon.Arrival();
        Assert.Equal("meanwhile", second.Remote("'meanwhile'").Value);
        Assert.False(waiting.Completion.IsCompleted);
        job.Release();
        (await waiting.Completion.Within("the wait ends")).NoErrors();
    }
}
