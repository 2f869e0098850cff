using System.Collections;
using System.Linq;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>
/// The commands inside the worker: wire-protocol.md 5.4 and 12.2, decisions.md, docs/script-sessions.md.
/// </summary>
public sealed class ScriptSessionCommandTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Start = "$job = Start-ScriptSession -ScriptBlock ";

    private const string Wait = "; $null = $job | Wait-ScriptSession; ";

    private const string IsGone = "$null -eq (Get-ScriptSession -Id $job.ID -ErrorAction SilentlyContinue)";

    [Fact]
    public void ScriptCanStartWaitForAndReceiveAJob()
    {
        var values = Remote(Start + "{ 6 * 7 }" + Wait + "Get-ScriptSession -Id $job.ID | Receive-ScriptSession");
        Assert.Equal("42", values.Single());
    }

    /// <summary>wire-protocol.md 5.4: the keys of the argument list are variables of the job.</summary>
    [Fact]
    public void ArgumentListBecomesVariables()
    {
        var values = Remote(
            Start + "{ \"$name\" } -ArgumentList @{ name = 'given' }" + Wait + "$job | Receive-ScriptSession");
        Assert.Equal("given", values.Single());
    }

    /// <summary>
    /// decisions.md, Pending: inside scripts a job that has not ended reads Busy, a finished one Available.
    /// </summary>
    [Fact]
    public async Task StateIsBusyThenAvailable()
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        var id = shell.StartJob(beacon.Around(Beacon.AwaitRelease));
        using var job = await beacon.Arrival();
        Assert.Equal(["Busy"], Remote($"\"$((Get-ScriptSession -Id {id}).State)\""));
        job.Release();
        await job.Ended.Within("the job ends");
        Assert.Equal(
            ["Available"],
            Remote($"Wait-ScriptSession -Id {id} | Out-Null; \"$((Get-ScriptSession -Id {id}).State)\""));
    }

    /// <summary>wire-protocol.md 5.4: receiving removes the job session.</summary>
    [Fact]
    public void ReceivingRemovesTheSession()
    {
        var values = Remote(Start + "{ 1 }" + Wait + "$null = $job | Receive-ScriptSession; " + IsGone);
        Assert.Equal("True", values.Single());
    }

    [Fact]
    public void RemovingForgetsASession()
    {
        var values = Remote(Start + "{ 1 }" + Wait + "$job | Remove-ScriptSession; " + IsGone);
        Assert.Equal("True", values.Single());
    }

    /// <summary>client-module.md 12.5 asks for exactly this: an unknown id can be looked up silently.</summary>
    [Fact]
    public void UnknownSessionIsAnErrorThatCanBeSilenced()
    {
        Assert.Equal(["True"], Remote("$null -eq (Get-ScriptSession -Id unknown-1 -ErrorAction SilentlyContinue)"));
    }

    /// <summary>decisions.md: the session object has a Sitecore-style handle.</summary>
    [Fact]
    public void SessionHasAHandle()
    {
        var handle = Remote("(Start-ScriptSession -ScriptBlock { 1 }).Handle").Single();
        Assert.Matches(@"^\{[0-9A-Fa-f-]{36}\};.+", handle);
    }

    /// <summary>decisions.md, jobs: a failed job's state and error can be read by a script.</summary>
    [Fact]
    public void FailedJobReadsFailed()
    {
        var values = Remote(
            Start + "{ throw 'broken' }" + Wait + "\"$((Get-ScriptSession -Id $job.ID).State)\"");
        Assert.Equal("Failed", values.Single());
    }

    private string[] Remote(string script)
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote(script, "-RemoteErrorsAsErrors").NoErrors();
        return [.. result.Output.Select(
            value => value is { BaseObject: IList { Count: 1 } list } ? $"{list[0]}" : $"{value}")];
    }
}
