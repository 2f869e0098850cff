using System;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>Errors of the remote script: client-module.md 8.7 and 9.1, wire-protocol.md 3.2.4 and WP-D-50.</summary>
public sealed class RemoteErrorTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Failing =
        "Invoke-RemoteScript -Session $s -ScriptBlock { 'before'; throw 'the disk is full' } ";

    /// <summary>
    /// client-module.md 9.1, MUST KEEP: non-terminating errors are output objects that scripts filter by type.
    /// </summary>
    [Theory, BothLanguages]
    public void NonTerminatingErrorIsAnOutputObject(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Remote("Write-Error 'soft'; 'after'").NoErrors();
        Assert.Equal(2, result.Output.Count);
        Assert.Equal("after", result.Values[0]);
        Assert.Contains("Deserialized.System.Management.Automation.ErrorRecord", result.Output[1]!.TypeNames);
        Assert.Equal("soft", result.Output[1]!.ToString());
    }

    /// <summary>wire-protocol.md 3.2.4: an unknown command does not end the request; the script goes on.</summary>
    [Fact]
    public void UnknownCommandIsNotTerminating()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("Get-Nonexistent; 'went on'").NoErrors();
        Assert.Equal("went on", result.Values[0]);
        Assert.Contains("Get-Nonexistent", result.Output[1]!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>
    /// decisions.md Q-4: -ErrorAction and -RemoteErrorsAsErrors route error records to the error stream.
    /// </summary>
    [Theory]
    [InlineData("-ErrorAction Continue")]
    [InlineData("-RemoteErrorsAsErrors")]
    public void ErrorsCanBeRoutedToTheErrorStream(string option)
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("Write-Error 'soft' -Category ResourceBusy -ErrorId Busy1; 'after'", option);
        var error = result.SingleError();
        Assert.Equal("soft", error.ToString());
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.StartsWith("Busy1", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["after"], result.Values);
    }

    /// <summary>
    /// WP-D-50 and the issue: the error has the remote message and stack, and what was written before is there.
    /// </summary>
    [Theory, BothLanguages]
    public void TerminatingErrorHasMessageStackAndPartialOutput(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(Failing);
        var error = result.SingleError();
        Assert.Contains("the disk is full", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("line 1", error.Property("RemoteScriptStackTrace"), StringComparison.Ordinal);
        Assert.Equal(["before"], result.Values);
    }

    /// <summary>decisions.md Q-9: errors carry the id under which the server logged the request.</summary>
    [Fact]
    public void TerminatingErrorNamesTheRequest()
    {
        using var shell = Shell.Open(server);
        var error = shell.Run(Failing).SingleError();
        var id = error.Property("RemoteCorrelationId");
        Assert.NotEmpty(id);
        Assert.Contains(id, server.Log, StringComparison.Ordinal);
    }

    [Theory, BothLanguages]
    public void RawCallReportsTheTerminatingErrorToo(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(Failing + "-Raw");
        Assert.Contains("the disk is full", result.SingleError().ToString(), StringComparison.Ordinal);
        Assert.Equal(["before"], result.Values);
    }

    /// <summary>
    /// client-module.md 8.7, MUST KEEP: with -ErrorAction Stop the error terminates and can be caught.
    /// </summary>
    [Theory, BothLanguages]
    public void ErrorActionStopTerminates(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(
            $$"""try { $null = {{Failing}} -ErrorAction Stop; 'not reached' } catch { "caught $_" }""");
        Assert.Matches("(?s)^caught .*the disk is full", (string)result.Value);
    }

    [Theory, BothLanguages]
    public void ErrorVariableHoldsTheError(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            $"""
            $null = {Failing} -ErrorAction SilentlyContinue -ErrorVariable failure
            $failure.Count; "$($failure[0])"; $failure[0].RemoteScriptStackTrace
            """);
        values.NoErrors();
        Assert.Equal(1, values.Values[0]);
        Assert.Contains("the disk is full", (string)values.Values[1]!, StringComparison.Ordinal);
        Assert.Contains("line 1", values.Values[2]!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>decisions.md: the caller's preference variables are honoured.</summary>
    [Fact]
    public void PreferenceStopTerminates()
    {
        using var shell = Shell.Open(server);
        var error = shell.Run("$ErrorActionPreference = 'Stop'; " + Failing).TerminatingError();
        Assert.Contains("the disk is full", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>
    /// engine-notes.md 2: what ends a run: a thrown object, a command under Stop, and text that does not parse.
    /// </summary>
    [Theory]
    [InlineData("throw [System.InvalidOperationException]::new('thrown object')", "thrown object")]
    [InlineData("Write-Error 'hard' -ErrorAction Stop", "hard")]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Nonexistent", "Get-Nonexistent")]
    public void EveryTerminatingErrorIsReported(string script, string message)
    {
        using var shell = Shell.Open(server);
        var error = shell.Run($"Invoke-RemoteScript -Session $s -ScriptBlock {{ {script} }}").SingleError();
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void BothKindsOfErrorsInOneScriptAreKeptApart()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("Write-Error 'soft'; 'between'; throw 'hard'");
        Assert.Contains("hard", result.SingleError().ToString(), StringComparison.Ordinal);
        Assert.Equal(["between", "soft"], result.Output.Select(value => value!.ToString()));
    }

    /// <summary>The session lives on after a failure (WP-D-10: no sticky error flag).</summary>
    [Theory, BothLanguages]
    public void PersistentSessionSurvivesAFailure(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(
            """
            $s.PersistentSession = $true
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept = 3; throw 'once' } -ErrorAction SilentlyContinue
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept }
            Stop-ScriptSession -Session $s
            """);
        Assert.Equal([3], result.Values);
    }

    /// <summary>engine-notes.md 2: exit ends the script, not the worker and not the session.</summary>
    [Fact]
    public void ExitEndsTheScriptOnly()
    {
        using var shell = Shell.Open(server);
        shell.Remote("'before'; exit 3; 'after'");
        Assert.Equal(4, shell.Remote("2 + 2").Value);
    }

    /// <summary>engine-notes.md 2: a prompt cannot be answered, so it is an error and not a hang.</summary>
    [Fact]
    public void MandatoryParameterWithoutValueIsAnErrorNotAHang()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote(
            "function Ask { param([Parameter(Mandatory)] $x) $x }; Ask",
            "-RemoteErrorsAsErrors");
        Assert.NotEmpty(result.Errors);
    }
}
