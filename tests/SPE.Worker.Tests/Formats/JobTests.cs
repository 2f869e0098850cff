using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Formats;

/// <summary>The results of a job (wire protocol 5.4; worker channel, output).</summary>
public sealed class JobTests(TestWorker worker) : IClassFixture<TestWorker>
{
    [Fact]
    public void ResultsAreTheObjectsAlone()
    {
        var result = worker.Run("1; Write-Error 'e'; 2", Order.Job);
        Assert.Equal(["1", "2"], result.Texts);
        Assert.True(result.HadErrors);
        Assert.Equal(["error: e"], result.Lines);
    }

    /// <summary>WP-D-16: the error of a failed job is told, and what it wrote is kept.</summary>
    [Fact]
    public void FailureKeepsTheResultsAndTellsTheError()
    {
        var result = worker.Run("1; throw 'broken'", Order.Job);
        Assert.Equal("failed", result.Outcome);
        Assert.Equal(["1"], result.Texts);
        Assert.Equal("broken", result.Failure.GetProperty("message").GetString());
    }

    [Fact]
    public void NoResultIsEmpty() => Assert.Equal("", worker.Run("$null = 1", Order.Job).Output);
}
