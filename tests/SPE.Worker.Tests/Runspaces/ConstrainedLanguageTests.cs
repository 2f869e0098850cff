using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Runspaces;

/// <summary>Scripts and jobs in ConstrainedLanguage (wire protocol 7.6; engine notes 4; decisions, jobs).</summary>
public sealed class ConstrainedLanguageTests(TestWorker worker) : IClassFixture<TestWorker>
{
    private static readonly Order Job = Order.Job with { LanguageMode = "ConstrainedLanguage" };

    [Theory]
    [InlineData("script", "ConstrainedLanguage")]
    [InlineData("job", "ConstrainedLanguage")]
    [InlineData("script", "FullLanguage")]
    [InlineData("job", "FullLanguage")]
    public void LanguageModeIsThatOfTheOrder(string kind, string mode)
    {
        var order = Order.Script with { Kind = kind, LanguageMode = mode };
        Assert.Equal([mode], worker.Run("\"$($ExecutionContext.SessionState.LanguageMode)\"", order).Texts);
    }

    [Fact]
    public void UnknownModeIsTheClosedOne()
    {
        var result = worker.Run("\"$($ExecutionContext.SessionState.LanguageMode)\"", Order.Script with { LanguageMode = "Whatever" });
        Assert.Equal(["ConstrainedLanguage"], result.Texts);
    }

    [Theory]
    [InlineData("[Environment]::GetEnvironmentVariables()")]
    [InlineData("[System.IO.File]::ReadAllText('/etc/hostname')")]
    [InlineData("[scriptblock]::Create('1')")]
    [InlineData("$ExecutionContext.SessionState.LanguageMode = 'FullLanguage'")]
    [InlineData("class C { }")]
    public void WhatTheModeForbidsIsAnError(string script)
    {
        var result = worker.Run(script, Order.Constrained);
        Assert.True(result.HadErrors || result.Outcome == "failed");
    }

    [Fact]
    public void ModeCannotBeLeftBetweenRuns()
    {
        var kept = Order.Constrained with { KeepRunspace = true };
        worker.Run("$ExecutionContext.SessionState.LanguageMode = 'FullLanguage'", kept);
        Assert.True(worker.Run("[Environment]::GetEnvironmentVariables()", kept).HadErrors);
    }

    [Fact]
    public void ArgumentsCanBeUsed()
    {
        var order = Order.Constrained with { Arguments = CliXml.Table("name", "given") };
        Assert.Equal(["given", "True", "1"], worker.Run("$params.name; $params.ContainsKey('name'); $params.Count", order).Texts);
    }

    /// <summary>Client module 8.4: $using:x of the caller.</summary>
    [Fact]
    public void ArgumentsOfAJobAreVariables()
    {
        var order = Job with { Arguments = CliXml.Table("__using_x", "given") };
        Assert.Equal(["given"], worker.Run("$__using_x", order).Texts);
    }

    /// <summary>Text out of the arguments is code of the caller, no more.</summary>
    [Fact]
    public void ScriptBlockInTheArgumentsIsText()
    {
        var order = Order.Constrained with { Arguments = CliXml.Of("<SBK>[Environment]::Exit(1)</SBK>") };
        Assert.Equal(["String"], worker.Run("$params.GetType().Name", order).Texts);
    }

    [Fact]
    public void StreamsAreCaptured()
    {
        var order = Order.Constrained with { CaptureStreams = true };
        Assert.Equal(["v", "w"], worker.Run("Write-Verbose v; Write-Warning w", order).Texts);
    }

    [Fact]
    public void ScriptPropertiesOfTheOutputRunConstrained()
    {
        var result = worker.Run(
            "Get-Command Get-Command | Select-Object Name, @{ n = 'Out'; e = { [Environment]::MachineName } }", Order.Constrained);
        Assert.Equal("completed", result.Outcome);
        Assert.Equal("Get-Command", result.Property(0, "Name"));
    }

    [Theory]
    [InlineData("(Start-ScriptSession -ScriptBlock { 1 } -ArgumentList @{ a = 1 } -JobName n).ID")]
    [InlineData("(Get-ScriptSession -Id s).ID")]
    [InlineData("(Get-ScriptSession).ID")]
    [InlineData("(Wait-ScriptSession -Id s).ID")]
    [InlineData("(Stop-ScriptSession -Id s).ID")]
    [InlineData("Remove-ScriptSession -Id s; 's'")]
    [InlineData("Receive-ScriptSession -Id s; 's'")]
    [InlineData("$s = Get-ScriptSession -Id s; \"$($s.State)$($s.Handle.Length)\" -replace 'Available43', 's'")]
    public void SessionCommandsWork(string script)
    {
        var result = worker.Run(script, Order.Constrained, call => call.Header.GetProperty("op").GetString() switch
        {
            "session.list" or "session.wait" => Reply.Many(Reply.Session("s")),
            "session.remove" => Reply.Ok(("removed", true)),
            _ => Reply.One("s"),
        });
        Assert.Equal(["s"], result.Texts);
    }
}
