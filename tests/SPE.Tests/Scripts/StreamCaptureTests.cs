using System;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>
/// -Verbose and -Debug bring the remote streams home: client-module.md 8.5 and 9.3, wire-protocol.md 4.7.
/// </summary>
public sealed class StreamCaptureTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Talking =
        """
        Invoke-RemoteScript -Session $s -ScriptBlock {
            Write-Verbose 'remote verbose'; Write-Debug 'remote debug'; Write-Warning 'remote warning'
            Write-Information 'remote information'; Write-Error 'remote error' -Category ResourceBusy -ErrorId Busy1; 'output' }
        """;

    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "-Verbose")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "-Verbose")]
    [InlineData(PSLanguageMode.FullLanguage, "-Debug")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "-Debug")]
    public void EachStreamArrivesOnItsOwn(PSLanguageMode mode, string option)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run($"$VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; {Talking} {option}");
        Assert.Equal(["output"], result.Values);
        Assert.Contains("remote verbose", result.Verbose);
        Assert.Contains("remote debug", result.Debug);
        Assert.Equal(["remote warning"], result.Warnings);
        Assert.Equal(["remote information"], result.Information);
        Assert.Equal("remote error", result.SingleError().ToString());
    }

    /// <summary>CM-D-33: a streamed error keeps its category and id.</summary>
    [Fact]
    public void CapturedErrorKeepsCategoryAndId()
    {
        using var shell = Shell.Open(server);
        var error = shell.Run(Talking + " -Verbose").SingleError();
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.StartsWith("Busy1", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 8.5: only the switch counts, neither a preference nor the switch turned off.</summary>
    [Theory]
    [InlineData("$VerbosePreference = 'Continue'; ", "")]
    [InlineData("$DebugPreference = 'Continue'; ", "")]
    [InlineData("$VerbosePreference = 'Continue'; ", "-Verbose:$false")]
    public void WithoutTheSwitchNothingIsCaptured(string before, string option)
    {
        using var shell = Shell.Open(server);
        var result = shell.Run($"{before} {Talking} {option}").NoErrors();
        Assert.DoesNotContain("remote verbose", result.Verbose);
        Assert.DoesNotContain("remote debug", result.Debug);
        Assert.Empty(result.Warnings);
        Assert.Empty(result.Information);
    }

    /// <summary>WP-D-11: in a persistent session, capture ends with its call.</summary>
    [Fact]
    public void CaptureDoesNotOutliveItsCall()
    {
        using var shell = Shell.Open(server);
        var result = shell.Run(
            """
            $s.PersistentSession = $true
            Invoke-RemoteScript -Session $s -ScriptBlock { Write-Verbose 'first' } -Verbose
            Invoke-RemoteScript -Session $s -ScriptBlock { Write-Verbose 'second'; "$VerbosePreference" }
            Stop-ScriptSession -Session $s
            """).NoErrors();
        Assert.Contains("first", result.Verbose);
        Assert.DoesNotContain("second", result.Verbose);
        Assert.Equal(["SilentlyContinue"], result.Values);
    }

    /// <summary>client-module.md 9.3: streams and output keep the order the script wrote them in.</summary>
    [Fact]
    public void TerminatingErrorComesAfterWhatWasCaptured()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("'out'; Write-Verbose 'said'; throw 'hard'", "-Verbose");
        Assert.Equal(["out"], result.Values);
        Assert.Contains("said", result.Verbose);
        Assert.Contains("hard", result.SingleError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>client-module.md 8.8: the command's own lines say where it calls.</summary>
    [Fact]
    public void OwnVerboseLinesNameTheAddress()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("1", "-Verbose").NoErrors();
        Assert.Contains(result.Verbose, line => line.Contains(server.Uri.Authority, StringComparison.Ordinal));
    }

    /// <summary>client-module.md 8.8: while <c>$using:</c> is resolved, what is searched for.</summary>
    [Fact]
    public void VerboseTellsWhatUsingSearchesFor()
    {
        using var shell = Shell.Open(server);
        var result = shell.Run("$mine = 1; Invoke-RemoteScript -Session $s -Verbose -ScriptBlock { $using:mine }").NoErrors();
        Assert.Contains(result.Verbose, line => line.Contains("variable mine", StringComparison.Ordinal));
    }

    /// <summary>client-module.md 9.1: where records are routed, a nested list is taken apart one level more; else it stays one object.</summary>
    [Theory]
    [InlineData("", 1)]
    [InlineData("-Verbose", 2)]
    public void NestedListIsTakenApartWhereRecordsAreRouted(string option, int expected)
    {
        using var shell = Shell.Open(server);
        var values = shell.Run($"@(Invoke-RemoteScript -Session $s {option} -ScriptBlock {{ , @(1, 2) }}).Count").NoErrors().Values;
        Assert.Equal([expected], values);
    }
}
