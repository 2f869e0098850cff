using System;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Failures;

/// <summary>The issue, bad input: one clear error with a stable id, no hang (CM-D-02, CM-D-10).</summary>
public sealed class UnreachableTests
{
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.FullLanguage, "Wait-RemoteScriptSession -Session $s -Id job-1 -Delay 0")]
    public void RefusedConnection(PSLanguageMode mode, string script)
    {
        using var shell = Shell.Open(mode);
        var uri = Ports.Closed();
        shell.Connect(uri, Secrets.Any);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(script));
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Contains(uri.Authority, error.CategoryInfo.TargetName + error, StringComparison.Ordinal);
    }

    [Theory, BothLanguages]
    public void UnknownHostName(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        shell.Connect(new Uri("http://no-such-host.invalid"), Secrets.Any);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run("Invoke-RemoteScript -Session $s -ScriptBlock { 1 }"));
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Contains("no-such-host.invalid", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A name that does not resolve and a port that refuses are two things to mend, so two ids.</summary>
    [Fact]
    public void TheTwoHaveDifferentIds()
    {
        using var shell = Shell.Open();
        shell.Connect(Ports.Closed(), Secrets.Any);
        var refused = shell.Run("Invoke-RemoteScript -Session $s -ScriptBlock { 1 }").SingleError();
        shell.Connect(new Uri("http://no-such-host.invalid"), Secrets.Any);
        var unknown = shell.Run("Invoke-RemoteScript -Session $s -ScriptBlock { 1 }").SingleError();
        Assert.NotEqual(ErrorCatalogue.IdOf(refused), ErrorCatalogue.IdOf(unknown));
    }

    /// <summary>A server that speaks plain HTTP, called by https.</summary>
    [Fact]
    public async Task TlsToAPlainServer()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open();
        shell.Connect(new UriBuilder(server.Uri) { Scheme = "https" }.Uri, Secrets.Any);
        ErrorCatalogue.OnlyErrorOf(shell.Run("Invoke-RemoteScript -Session $s -ScriptBlock { 1 }"));
        Assert.Empty(server.Requests);
    }

    /// <summary>CM-D-02: transport failures can be stopped on and caught.</summary>
    [Theory, BothLanguages]
    public void FailureCanBeCaught(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        shell.Connect(Ports.Closed(), Secrets.Any);
        var result = shell.Run(
            "try { Invoke-RemoteScript -Session $s -ScriptBlock { 1 } -ErrorAction Stop } catch { 'caught' }");
        Assert.Equal("caught", result.Value);
    }

    /// <summary>client-module.md 8.1 step 8: a failure on one URI does not stop the next.</summary>
    [Fact]
    public async Task OtherUrisAreStillCalled()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "answer");
        using var shell = Shell.Open(server);
        shell.Set("closed", Ports.Closed());
        var result = shell.Run(
            """
            $login.ConnectionUri = $closed, $uri; $t = New-ScriptSession @login
            Invoke-RemoteScript -Session $t -Raw -ScriptBlock { 1 }
            """);
        result.SingleError();
        Assert.Equal(["answer"], result.Values);
    }

    [Theory]
    [InlineData("ftp://host.test")]
    [InlineData("http://host.test/?a=b")]
    public void UriThatCannotBeUsedIsRefusedBeforeAnythingIsSent(string uri)
    {
        using var shell = Shell.Open();
        shell.Set("uri", uri);
        shell.Set("secret", Secrets.Any);
        var result = shell.Run(
            """
            $s = New-ScriptSession -ConnectionUri $uri -Username u -SharedSecret $secret
            Invoke-RemoteScript -Session $s -ScriptBlock { 1 }
            """);
        Assert.True(result.Terminating is not null || result.Errors.Count == 1, result.Describe("Expected one error."));
    }
}
