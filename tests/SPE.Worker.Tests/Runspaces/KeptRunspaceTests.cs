using System.Linq;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Runspaces;

/// <summary>keepRunspace and forget (worker channel; wire protocol 5.2; engine notes 1).</summary>
public sealed class KeptRunspaceTests : System.IDisposable
{
    private readonly TestWorker worker = new();

    public void Dispose() => worker.Dispose();

    [Fact]
    public void KeptRunspaceHasWhatTheRunBeforeLeft()
    {
        worker.Run("$x = 1; function f { 'f' }; Set-Variable y 2 -Scope Global", Order.Kept);
        Assert.Equal(["1", "f", "2"], worker.Run("$x; f; $y", Order.Kept).Texts);
    }

    [Theory]
    [InlineData("$x = 1", "$null -eq $x")]
    [InlineData("function f { }", "$null -eq (Get-Command f -ErrorAction Ignore)")]
    [InlineData("$PSDefaultParameterValues['*:Verbose'] = $true", "$PSDefaultParameterValues.Count -eq 0")]
    [InlineData("$ErrorActionPreference = 'Stop'", "$ErrorActionPreference -eq 'Continue'")]
    [InlineData("Remove-Module Microsoft.PowerShell.Utility -ErrorAction Ignore", "$null -ne (Get-Command Write-Output)")]
    [InlineData("Write-Error x 2>$null", "$Error.Count -eq 0")]
    public void FreshRunspaceHasNothingOfTheRunBefore(string before, string check)
    {
        worker.Run(before);
        Assert.Equal(["True"], worker.Run(check).Texts);
    }

    [Fact]
    public void FreshRunBesideAKeptRunspaceLeavesItAlone()
    {
        worker.Run("$x = 1", Order.Kept);
        Assert.Equal(["True"], worker.Run("$null -eq $x; $x = 2").Texts);
        Assert.Equal(["1"], worker.Run("$x", Order.Kept).Texts);
    }

    [Fact]
    public void ForgottenRunspaceIsReplacedByAFreshOne()
    {
        worker.Run("$x = 1", Order.Kept);
        worker.Send(new { type = "forget" });
        Assert.Equal(["True"], worker.Run("$null -eq $x", Order.Kept).Texts);
    }

    [Fact]
    public void ForgetWithoutAKeptRunspaceIsNothing()
    {
        worker.Send(new { type = "forget" });
        Assert.Equal("completed", worker.Run("1").Outcome);
    }

    [Theory]
    [InlineData("exit 3")]
    [InlineData("throw 'x'")]
    [InlineData("break")]
    public void KeptRunspaceSurvivesEveryEnd(string end)
    {
        worker.Run("$x = 1; " + end, Order.Kept);
        var result = worker.Run("$x", Order.Kept);
        Assert.Equal(["1"], result.Texts);
        Assert.Null(result.ExitCode);
    }

    [Fact]
    public void RunspaceThatAScriptClosedIsReplaced()
    {
        worker.Run("$x = 1; [runspace]::DefaultRunspace.CloseAsync()", Order.Kept);
        var result = worker.Run("'alive'", Order.Kept);
        Assert.Equal(["alive"], result.Texts);
    }

    /// <summary>WP-D-10: the errors of one run do not colour the next.</summary>
    [Fact]
    public void ErrorsOfTheRunBeforeAreForgotten()
    {
        worker.Run("Write-Error x", Order.Kept);
        Assert.False(worker.Run("1", Order.Kept).HadErrors);
    }

    [Fact]
    public void RunspaceOfAnotherLanguageModeIsNotReused()
    {
        worker.Run("$x = 1; function f { [Environment]::Exit(1) }", Order.Kept);
        var constrained = Order.Constrained with { KeepRunspace = true };
        Assert.Equal(["True"], worker.Run("$null -eq $x", constrained).Texts);
    }

    /// <summary>Events of a closed runspace do not fire into the next.</summary>
    [Fact]
    public void SubscriptionIsGoneWithItsRunspace()
    {
        worker.Run("$null = $ExecutionContext.Events.SubscribeEvent([System.Timers.Timer]::new(), 'Elapsed', 'id', $null, { }, $false, $false)");
        Assert.Equal(["0"], worker.Run("@($ExecutionContext.Events.Subscribers).Count").Texts);
    }

    [Fact]
    public void ManyRunsInARowEachHaveAFreshRunspace()
    {
        var ids = Enumerable.Range(0, 20).Select(_ => worker.Run("[runspace]::DefaultRunspace.InstanceId").Texts.Single());
        Assert.Equal(20, ids.Distinct().Count());
    }
}
