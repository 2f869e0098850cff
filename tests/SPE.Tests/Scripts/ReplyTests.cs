using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>client-module.md 8.7 and 9: replies of servers of all ages.</summary>
public sealed class ReplyTests
{
    private const string Call = "Invoke-RemoteScript -Session $s -ScriptBlock { 1 } ";

    /// <summary>CM-D-34: a text that holds the mark of the records is not cut there.</summary>
    [Fact]
    public async Task MarkWithinARawTextIsText()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "a<#messages#>b");
        using var shell = Shell.Open(server);
        Assert.Equal("a<#messages#>b", shell.Run(Call + "-Raw").Value);
    }

    /// <summary>client-module.md 9.2: records behind the mark always go to their streams.</summary>
    [Fact]
    public async Task RecordsBehindTheLastMarkAreRouted()
    {
        var record = new ErrorRecord(new InvalidOperationException("soft"), "Soft", ErrorCategory.ResourceBusy, null);
        await using var server = ScriptedServer.Replying(200, "OK", "a<#messages#>b<#messages#>" + WaitReplies.CliXml(record));
        using var shell = Shell.Open(server);
        var result = shell.Run(Call + "-Raw");
        Assert.Equal(["a<#messages#>b"], result.Values);
        Assert.StartsWith("Soft", result.SingleError().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 8.7: what a terminating error looks like from a stock server, which says nothing of it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("-Raw")]
    public async Task FailureWithoutDetailIsStillAnError(string option)
    {
        await using var server = ScriptedServer.Replying(424, "Method Failure");
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Call + option));
        Assert.StartsWith("Server response: Method Failure", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>CM-D-17: in a catch block, too, there is the remote stack.</summary>
    [Theory, BothLanguages]
    public async Task CatchBlockHasTheNotesOfTheError(PSLanguageMode mode)
    {
        var record = new ErrorRecord(new InvalidOperationException("hard"), "Hard", ErrorCategory.ResourceBusy, null);
        await using var server = ScriptedServer.Replying(424, "Method Failure", WaitReplies.CliXml(record), ("X-SPE-RequestId", "rid-1"));
        using var shell = Shell.Open(server, mode);
        var values = shell.Run($"try {{ {Call} -ErrorAction Stop }} catch {{ $_.Exception.RemoteCorrelationId; $_.FullyQualifiedErrorId }}");
        Assert.Equal("rid-1", values.NoErrors().Values[0]);
        Assert.StartsWith("Hard", (string)values.Values[1]!, StringComparison.Ordinal);
    }

    /// <summary>-Debug shows more and asks nothing, as with the script module; nobody could answer on an agent.</summary>
    [Theory]
    [InlineData("Invoke-RemoteScript -Session $s -Debug -ScriptBlock { 1 }")]
    [InlineData("Wait-RemoteScriptSession -Session $s -Id job-1 -Debug")]
    public async Task DebugAsksNothing(string script)
    {
        await using var server = ScriptedServer.Replying(401, "Unauthorized");
        using var shell = Shell.Open(server);
        Assert.Equal(
            "Spe.Remoting.Unauthorized",
            ErrorCatalogue.IdOf(shell.Run("$VerbosePreference = 'Continue'; " + script).SingleError()));
        Assert.Contains(
            "not cleaned up", Assert.Single(shell.Run("Stop-ScriptSession -Session $s -Debug").NoErrors().Warnings), StringComparison.Ordinal);
    }

    /// <summary>decisions.md, connection options: a bound that is reached is named, with where to set it.</summary>
    [Fact]
    public async Task TimeoutNamesItsClock()
    {
        await using var server = ScriptedServer.Stalling();
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(
            "$t = New-ScriptSession @login -HttpOption @{ operationtimeout = 0.2 }; Invoke-RemoteScript -Session $t -ScriptBlock { 1 }"));
        Assert.Equal("Spe.Remoting.Timeout", ErrorCatalogue.IdOf(error));
        Assert.Contains("OperationTimeout", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@{ Proxi = 'x' }")]
    [InlineData("@{ ConnectTimeout = 0 }")]
    [InlineData("@{ OperationTimeout = 'soon' }")]
    public void OptionsThatAreNotKnownAreRefused(string options)
    {
        using var shell = Shell.Open();
        shell.Run($"New-ScriptSession -ConnectionUri https://h.test -Username u -HttpOption {options}").TerminatingError();
    }
}
