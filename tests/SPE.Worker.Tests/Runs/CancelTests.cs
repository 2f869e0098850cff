using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Runs;

/// <summary>The cancel message (worker channel; engine notes 3): the run still ends with its done.</summary>
public sealed class CancelTests(TestWorker worker) : IClassFixture<TestWorker>
{
    /// <summary>A call to the server: the test sees it, and so knows that the script is there.</summary>
    private const string Here = "$null = Get-ScriptSession; ";

    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("Start-Sleep -Seconds 3600")]
    [InlineData("sleep 3600")]
    [InlineData("& { while ($true) { 1 } } | ForEach-Object { $_ } | Out-Null")]
    public void RunningScriptStops(string script)
    {
        var result = Cancelled("'before'; " + Here + script + "; 'after'");
        Assert.Equal("stopped", result.Outcome);
        Assert.Empty(result.FailureBytes);
        Assert.Equal(["before"], result.Texts);
    }

    [Fact]
    public void WorkerGoesOnAfterwards()
    {
        Cancelled(Here + "while ($true) { }");
        Assert.Equal(["next"], worker.Run("'next'").Texts);
    }

    [Fact]
    public void KeptRunspaceSurvives()
    {
        worker.Run("$kept = 1", Order.Kept);
        Cancelled(Here + "while ($true) { }", Order.Kept);
        Assert.Equal(["1"], worker.Run("$kept", Order.Kept).Texts);
    }

    [Fact]
    public void CommandThatWaitsForTheServerStops()
    {
        var run = worker.Begin("Wait-ScriptSession -Id other");
        Assert.Equal("call", worker.Next().Type);
        worker.Cancel(run);
        Assert.Equal("stopped", worker.Finish(run).Outcome);
    }

    [Fact]
    public void FinallyRunsAndItsErrorIsNotAFailure()
    {
        var result = Cancelled("try { " + Here + "while ($true) { } } finally { Write-Warning 'cleaned'; throw 'late' }");
        Assert.Equal("stopped", result.Outcome);
        Assert.Contains("warning: cleaned", result.Lines);
        Assert.Equal("", result.Output);
    }

    /// <summary>Orders are taken one at a time; one that is cancelled in the queue never starts.</summary>
    [Fact]
    public void RunThatWaitsForItsTurnDoesNotStart()
    {
        var first = worker.Begin(Here);
        var call = worker.Next();
        var second = worker.Begin("'ran'");
        worker.Cancel(second);
        worker.Answer(call, Reply.Many());
        worker.Finish(first);
        var result = worker.Finish(second);
        Assert.Equal("stopped", result.Outcome);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void UnknownAndFinishedRunsAreIgnored()
    {
        var run = worker.Begin("1");
        worker.Finish(run);
        worker.Cancel(run);
        worker.Cancel(12_345);
        Assert.Equal("completed", worker.Run("1").Outcome);
    }

    /// <summary>Raw output that went out stays; what the run wrote until then is its output.</summary>
    [Fact]
    public void RawOutputKeepsWhatWasWritten()
    {
        var result = Cancelled("'before'; " + Here + "while ($true) { }", Order.Raw);
        Assert.Equal("before", result.Output);
    }

    private RunResult Cancelled(string script, Order? order = null)
    {
        var run = worker.Begin(script, order);
        return worker.Finish(run, _ =>
        {
            worker.Cancel(run);
            return Reply.Many();
        });
    }
}
