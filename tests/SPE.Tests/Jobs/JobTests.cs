using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>Start, wait, collect: client-module.md 8.4 and 12, wire-protocol.md 5.4.</summary>
public sealed class JobTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Wait = "Wait-RemoteScriptSession -Session $s -Id $id ";

    /// <summary>client-module.md 8.4: the output of -AsJob is the id, a GUID as text.</summary>
    [Theory, BothLanguages]
    public void AsJobReturnsTheId(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var id = shell.Remote("1", "-AsJob").Value;
        Assert.True(Guid.TryParse(Assert.IsType<string>(id), out _), $"{id}");
    }

    /// <summary>client-module.md 12.4: one object, the list of the job's results.</summary>
    [Theory, BothLanguages]
    public void ResultIsOneList(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.StartJob("'a'; 42; [pscustomobject]@{ Name = 'n' }");
        var result = shell.Run(Wait);
        var list = Assert.IsAssignableFrom<IList>(result.Value);
        Assert.Equal(["a", "42"], list.Cast<object>().Take(2).Select(value => value.ToString()));
        Assert.Equal("n", PSObject.AsPSObject(list[2]).Properties["Name"].Value);
    }

    /// <summary>client-module.md 12.4: with -Raw the elements are joined by spaces.</summary>
    [Fact]
    public void RawResultIsJoinedBySpaces()
    {
        using var shell = Shell.Open(server);
        shell.StartJob("'a'; 'b'");
        Assert.Equal("a b", shell.Run(Wait + "-Raw").Value);
    }

    [Fact]
    public void JobWithoutOutputGivesNoError()
    {
        using var shell = Shell.Open(server);
        shell.StartJob("$x = 1");
        shell.Run(Wait).NoErrors();
    }

    /// <summary>The wait holds while the job runs and ends with it.</summary>
    [Theory, BothLanguages]
    public async Task WaitEndsWithTheJob(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        shell.StartJob(beacon.Around(Beacon.AwaitRelease + "; 'released'"));
        var waiting = shell.Start(Wait + "| ForEach-Object { $_ }");
        using var job = await beacon.Arrival();
        Assert.False(waiting.Completion.IsCompleted);
        job.Release();
        var result = await waiting.Completion.Within("the wait ends");
        Assert.Equal("released", result.OneObject().ToString());
    }

    /// <summary>
    /// wire-protocol.md 5.4: the id is known to any session of the same owner, not only the one that started it.
    /// </summary>
    [Fact]
    public void AnotherSessionOfTheOwnerCanWait()
    {
        using var first = Shell.Open(server);
        using var second = Shell.Open(server);
        second.Set("id", first.StartJob("'mine'"));
        Assert.Equal("mine", second.WaitForJob().OneObject().ToString());
    }

    [Fact]
    public void SeveralJobsRunAtOnceAndKeepTheirResults()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            $ids = foreach ($n in 1..3) { Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { "job $using:n" } }
            foreach ($id in $ids) { Wait-RemoteScriptSession -Session $s -Id $id | ForEach-Object { "$_" } }
            """);
        Assert.Equal(["job 1", "job 2", "job 3"], values.NoErrors().Values);
    }

    /// <summary>client-module.md 12.4 and decisions.md: results are handed over once.</summary>
    [Fact]
    public void SecondWaitYieldsNothing()
    {
        using var shell = Shell.Open(server);
        shell.StartJob("'once'");
        shell.Run(Wait).NoErrors();
        var result = shell.Run(Wait).NoErrors();
        Assert.DoesNotContain(
            result.Output, value => value is not null && value.BaseObject is not ICollection { Count: 0 });
    }

    /// <summary>
    /// CM-D-04 and WP-D-16: a job that throws is an error with its message and stack, never a silent success.
    /// </summary>
    [Theory, BothLanguages]
    public void FailedJobIsAnErrorWithMessageAndStack(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.StartJob("function Deep { throw 'the job broke' }; Deep");
        var error = shell.Run(Wait).SingleError();
        Assert.Contains("the job broke", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Deep", error.Property("RemoteScriptStackTrace"), StringComparison.Ordinal);
    }

    [Theory, BothLanguages]
    public void FailedJobTerminatesUnderErrorActionStop(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.StartJob("throw 'the job broke'");
        var error = shell.Run(Wait + "-ErrorAction Stop").TerminatingError();
        Assert.Contains("the job broke", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>CM-D-04: non-terminating errors do not make a job fail; its result arrives.</summary>
    [Fact]
    public void JobWithNonTerminatingErrorsStillHasAResult()
    {
        using var shell = Shell.Open(server);
        shell.StartJob("Write-Error 'soft'; 'done'");
        Assert.Contains("done", shell.WaitForJob().Output.Select(value => value?.ToString()));
    }

    /// <summary>The issue: an unknown id is NotFound and a warning, never a silent success.</summary>
    [Theory, BothLanguages]
    public void UnknownIdIsAWarning(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(
            "Wait-RemoteScriptSession -Session $s -Id 7d9c1f4e-0000-4000-8000-00000000abcd").NoErrors();
        Assert.Empty(result.Output);
        Assert.Contains(
            "7d9c1f4e-0000-4000-8000-00000000abcd", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    /// <summary>decisions.md, failed jobs: Stopped is told, with the job's id.</summary>
    [Theory, BothLanguages]
    public async Task JobStoppedByAScriptEndsTheWait(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        using var other = Shell.Open(server);
        // A stop in the middle of loading the module of the command would be an error more.
        other.Set("id", shell.StartJob("Start-Sleep -Milliseconds 1; " + beacon.Around("Start-Sleep -Seconds 600")));
        using var job = await beacon.Arrival();
        var waiting = shell.Start(Wait);
        other.Remote("Get-ScriptSession -Id $using:id | Stop-ScriptSession").NoErrors();
        await job.Ended.Within("the job's script is stopped");
        var result = await waiting.Completion.Within("the wait ends");
        Assert.True(
            result.Errors.Count + result.Warnings.Count == 1, result.Describe("Expected one error or warning."));
        Assert.Contains("stop", result.AllText(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>CM-D-27: without an id there is nothing to wait for.</summary>
    [Fact]
    public void MissingIdIsAnErrorNotALoop()
    {
        using var shell = Shell.Open(server);
        var result = shell.Run("Wait-RemoteScriptSession -Session $s");
        Assert.Contains("Id", (result.Terminating ?? result.SingleError()).ToString(), StringComparison.Ordinal);
    }

    /// <summary>wire-protocol.md WP-D-01: an id is literal; one outside the grammar is refused, not matched.</summary>
    [Fact]
    public void WildcardIdIsRefused()
    {
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run("Wait-RemoteScriptSession -Session $s -Id '*'"));
        Assert.NotEmpty(error.ToString());
    }
}
