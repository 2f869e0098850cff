using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Runs;

/// <summary>How a run ends, and what its end says (worker channel, done; wire protocol 3.2.4).</summary>
public sealed class OutcomeTests(TestWorker worker) : IClassFixture<TestWorker>
{
    [Fact]
    public void ScriptThatEndsIsCompleted()
    {
        var result = worker.Run("1");
        Assert.Equal("completed", result.Outcome);
        Assert.False(result.HadErrors);
        Assert.Null(result.ExitCode);
    }

    /// <summary>WP-D-24: the server refuses blank scripts; the worker has nothing to say about one.</summary>
    [Fact]
    public void BlankScriptIsCompletedWithoutOutput()
    {
        var result = worker.Run(" \r\n\t");
        Assert.Equal("completed", result.Outcome);
        Assert.Equal("", result.Output);
    }

    /// <summary>WP-D-50: a terminating failure tells what it was.</summary>
    [Fact]
    public void ThrowIsAFailureWithItsDetails()
    {
        var result = worker.Run("function Step { throw 'boom' }\nStep");
        Assert.Equal("failed", result.Outcome);
        Assert.Equal("boom", result.Failure.GetProperty("message").GetString());
        Assert.Equal("boom", result.Failure.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.Equal("OperationStopped", result.Failure.GetProperty("errorCategory").GetString());
        Assert.Equal("System.Management.Automation.RuntimeException", result.Failure.GetProperty("exceptionType").GetString());
        Assert.StartsWith("at Step, <No file>: line 1\nat <ScriptBlock>, <No file>: line 2", result.Failure.GetProperty("scriptStackTrace").GetString()!.ReplaceLineEndings("\n"));
        Assert.StartsWith("At line:1 char:17", result.Failure.GetProperty("positionMessage").GetString());
    }

    [Fact]
    public void ExceptionOfATypeKeepsItsType()
    {
        var result = worker.Run("throw [System.IO.FileNotFoundException]::new('no such file')");
        Assert.Equal("System.IO.FileNotFoundException", result.Failure.GetProperty("exceptionType").GetString());
        Assert.Equal("no such file", result.Failure.GetProperty("message").GetString());
    }

    [Fact]
    public void ErrorActionStopIsAFailureWithTheOriginalError()
    {
        var result = worker.Run("Write-Error 'denied' -ErrorId Denied -Category PermissionDenied -ErrorAction Stop; 'not reached'");
        Assert.Equal("failed", result.Outcome);
        Assert.Equal("denied", result.Failure.GetProperty("message").GetString());
        Assert.StartsWith("Denied", result.Failure.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.Equal("PermissionDenied", result.Failure.GetProperty("errorCategory").GetString());
    }

    [Theory]
    [InlineData("1\nif ($x -eq 1 { }", "At line:2 char:14")]
    [InlineData("1\n2\nif (", "At line:3 char:5")]
    public void ParseErrorSaysWhereItIs(string script, string position)
    {
        var result = worker.Run(script);
        Assert.Equal("failed", result.Outcome);
        Assert.Equal("ParserError", result.Failure.GetProperty("errorCategory").GetString());
        Assert.StartsWith(position, result.Failure.GetProperty("positionMessage").GetString());
        Assert.Contains(position, result.Failure.GetProperty("message").GetString());
    }

    /// <summary>Wire protocol 3.2.4: errors that end a statement do not end the request.</summary>
    [Theory]
    [InlineData("No-SuchCommand")]
    [InlineData("1 / 0")]
    [InlineData("[int]'x'")]
    [InlineData("$null.Method()")]
    [InlineData("Write-Error 'x'")]
    public void NonTerminatingErrorIsCompletedWithErrors(string script)
    {
        var result = worker.Run(script + "; 'after'");
        Assert.Equal("completed", result.Outcome);
        Assert.True(result.HadErrors);
        Assert.Equal("after", result.Objects[0]);
    }

    [Theory]
    [InlineData("Write-Error 'x' -ErrorAction SilentlyContinue")]
    [InlineData("try { throw 'x' } catch { }")]
    [InlineData("Write-Error 'x' 2>$null")]
    public void SilencedErrorIsNone(string script) => Assert.False(worker.Run(script).HadErrors);

    /// <summary>Engine notes 2.</summary>
    [Fact]
    public void ExitCodeIsReportedAndEndsTheScriptAlone()
    {
        var result = worker.Run("'before'; exit 5; 'after'");
        Assert.Equal("completed", result.Outcome);
        Assert.Equal(5, result.ExitCode);
        Assert.Equal(["before"], result.Texts);
        Assert.Null(worker.Run("1").ExitCode);
    }

    /// <summary>Engine notes 2: it ends the run silently, it must not end the worker.</summary>
    [Theory]
    [InlineData("break")]
    [InlineData("continue")]
    [InlineData("return")]
    public void LeavingAtTheTopLevelIsCompleted(string word)
    {
        var result = worker.Run($"'before'; {word}; 'after'");
        Assert.Equal("completed", result.Outcome);
        Assert.Equal(["before"], result.Texts);
        Assert.Equal(["next"], worker.Run("'next'").Texts);
    }

    /// <summary>Engine notes 2: nobody is there to answer, so questions are errors and never wait.</summary>
    [Theory]
    [InlineData("$Host.UI.ReadLine()")]
    [InlineData("$Host.UI.ReadLineAsSecureString()")]
    [InlineData("$Host.UI.RawUI.ReadKey()")]
    [InlineData("$Host.UI.PromptForCredential('a', 'b', 'c', 'd')")]
    [InlineData("$Host.UI.PromptForChoice('a', 'b', @('x', 'y'), 0)")]
    [InlineData("$Host.EnterNestedPrompt()")]
    [InlineData("function Ask { param([Parameter(Mandatory)] $Value) }; Ask")]
    [InlineData("function Ask { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() $PSCmdlet.ShouldProcess('x') }; Ask")]
    [InlineData("Write-Error x -ErrorAction Inquire")]
    public void QuestionIsAnError(string script)
    {
        var result = worker.Run(script);
        Assert.True(result.HadErrors || result.Outcome == "failed");
    }

    /// <summary>Engine notes 2: a breakpoint would wait for a debugger for ever.</summary>
    [Fact]
    public void BreakpointDoesNotWait()
    {
        const string Script = """
            $null = [runspace]::DefaultRunspace.Debugger.SetCommandBreakpoint('Get-Module', $null, $null)
            $null = Get-Module
            'after'
            """;
        Assert.Equal(["after"], worker.Run(Script).Texts);
    }

    /// <summary>An exception type of a script may throw from any member.</summary>
    [Fact]
    public void ErrorWithoutReadableTextStillEndsTheRun()
    {
        const string Broken = "class Broken : Exception { [string] get_Message() { throw 'no' } [string] ToString() { throw 'no' } }; ";
        var result = worker.Run(
            Broken + "function f { [CmdletBinding()] param() $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([Broken]::new(), 'Id', 0, $null)) }; $ErrorActionPreference = 'Stop'; f");
        Assert.Equal("failed", result.Outcome);
        Assert.NotEqual("", result.Failure.GetProperty("message").GetString());
    }

    /// <summary>The outcome stopped is the server's doing; a script can only fail.</summary>
    [Fact]
    public void ScriptCannotPassForStopped()
    {
        var result = worker.Run("throw [System.Management.Automation.PipelineStoppedException]::new()");
        Assert.Equal("failed", result.Outcome);
    }
}
