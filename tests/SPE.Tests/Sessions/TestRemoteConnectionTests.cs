using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>client-module.md 14: an answer or $null, true or false, and never an error.</summary>
public sealed class TestRemoteConnectionTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory, BothLanguages]
    public void AnswerHasVersionsAndTime(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var answer = shell.Run("Test-RemoteConnection -Session $s").OneObject();
        Assert.Matches(@"^\d+\.\d+", Assert.IsType<string>(answer.Properties["SPEVersion"].Value));
        Assert.Matches(@"^\d+\.\d+", Assert.IsType<string>(answer.Properties["SitecoreVersion"].Value));
        var time = Assert.IsType<DateTime>(answer.Properties["CurrentTime"].Value);
        Assert.InRange(time.ToUniversalTime(), DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddMinutes(1));
    }

    [Theory, BothLanguages]
    public void QuietIsTrue(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        Assert.Equal(true, shell.Run("Test-RemoteConnection -Session $s -Quiet").Value);
    }

    /// <summary>CM-D-11: the contract of $null and false is kept, and verbose says why.</summary>
    [Theory, BothLanguages]
    public void WrongSecretIsNullAndFalseAndAVerboseReason(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.Connect(server.Uri, Secrets.Any);
        var result = shell.Run(
            "Test-RemoteConnection -Session $s -Verbose; Test-RemoteConnection -Session $s -Quiet").NoErrors();
        Assert.Equal([null, false], result.Values);
        Assert.Contains(result.Verbose, line => line.Contains(
            "401", StringComparison.Ordinal) || line.Contains("uthenticat", StringComparison.Ordinal));
    }

    [Theory, BothLanguages]
    public void UnreachableServerIsNullAndFalseAndAVerboseReason(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        shell.Connect(Ports.Closed(), Secrets.Any);
        var result = shell.Run(
            "Test-RemoteConnection -Session $s -Verbose; Test-RemoteConnection -Session $s -Quiet").NoErrors();
        Assert.Equal([null, false], result.Values);
        Assert.Contains(result.Verbose, line => line.Contains("onnect", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PageInHtmlIsNoAnswer()
    {
        await using var page = ScriptedServer.Replying(200, "OK", "<html>login</html>", ("Content-Type", "text/html"));
        using var shell = Shell.Open(page);
        Assert.Equal(
            [null, false],
            shell.Run("Test-RemoteConnection -Session $s; Test-RemoteConnection -Session $s -Quiet").NoErrors().Values);
    }

    /// <summary>decisions.md Q-8: with several URIs, any that answers makes it true.</summary>
    [Fact]
    public void AnyOfSeveralUrisIsEnough()
    {
        using var shell = Shell.Open(server);
        shell.Set("closed", Ports.Closed());
        var result = shell.Run(
            """
            $login.ConnectionUri = $closed, $uri, $closed; $t = New-ScriptSession @login
            Test-RemoteConnection -Session $t -Quiet
            """);
        Assert.Equal(true, result.Value);
    }
}
