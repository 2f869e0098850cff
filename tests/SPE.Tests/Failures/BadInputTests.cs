using System;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Failures;

/// <summary>The issue, bad input against the real server: one clear error with a stable id, no lost session.</summary>
public sealed class BadInputTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $bad -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Invoke-RemoteScript -Session $bad -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.FullLanguage, "Wait-RemoteScriptSession -Session $bad -Id job-1")]
    public void WrongSecret(PSLanguageMode mode, string script)
    {
        using var shell = Shell.Open(server, mode);
        shell.Set("wrong", Secrets.Any);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(
            "$bad = New-ScriptSession -ConnectionUri $uri -Username $user -SharedSecret $wrong; " + script));
        Assert.Equal(ErrorCategory.AuthenticationError, error.CategoryInfo.Category);
        StillWorks(shell);
    }

    /// <summary>
    /// authentication 1.10 and 1.11: a user without an account is refused like a wrong secret or as not authorised.
    /// </summary>
    [Fact]
    public void UnknownUser()
    {
        using var shell = Shell.Open(server);
        ErrorCatalogue.OnlyErrorOf(shell.Run(
            """
            $login.Username = 'sitecore\nobody'; $bad = New-ScriptSession @login
            Invoke-RemoteScript -Session $bad -ScriptBlock { 1 }
            """));
        StillWorks(shell);
    }

    /// <summary>A secret shorter than the algorithm asks for never works; the error says so or says 401.</summary>
    [Fact]
    public void SecretTooShortForTheAlgorithm()
    {
        using var shell = Shell.Open(server);
        ErrorCatalogue.OnlyErrorOf(shell.Run(
            """
            $login.SharedSecret = 'short'; $bad = New-ScriptSession @login -Algorithm HS512
            Invoke-RemoteScript -Session $bad -ScriptBlock { 1 }
            """));
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public void EveryAlgorithmIsAccepted(string algorithm)
    {
        using var shell = Shell.Open(server);
        shell.Set("algorithm", algorithm);
        var value = shell.Run(
            "$t = New-ScriptSession @login -Algorithm $algorithm; Invoke-RemoteScript -Session $t -ScriptBlock { 'in' }");
        Assert.Equal("in", value.Value);
    }

    /// <summary>
    /// decisions.md, ids: the grammar is literal, and what is outside of it is refused (WP-D-01, CM-D-16).
    /// </summary>
    [Theory]
    [InlineData("has space")]
    [InlineData("*")]
    [InlineData("a&persistentSession=True")]
    [InlineData("a#b")]
    [InlineData("$scriptSession$|x")]
    [InlineData("\u00e9")]
    public void SessionIdOutsideTheGrammar(string id)
    {
        using var shell = Shell.Open(server);
        shell.Set("id", id);
        shell.Run("$good = $s.SessionId; $s.SessionId = $id").NoErrors();
        ErrorCatalogue.OnlyErrorOf(shell.Remote("1"));
        shell.Run("$s.SessionId = $good").NoErrors();
        StillWorks(shell);
    }

    [Fact]
    public void SessionIdThatIsTooLong()
    {
        using var shell = Shell.Open(server);
        shell.Set("id", new string('a', 129));
        ErrorCatalogue.OnlyErrorOf(shell.Run("$s.SessionId = $id; Invoke-RemoteScript -Session $s -ScriptBlock { 1 }"));
        shell.Set("id", new string('a', 128));
        Assert.Equal(1, shell.Run("$s.SessionId = $id; Invoke-RemoteScript -Session $s -ScriptBlock { 1 }").Value);
    }

    /// <summary>WP-D-22: a body over the limit, small as it was packed, is refused and not unpacked.</summary>
    [Theory, BothLanguages]
    public void BodyOverTheLimit(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.Set("big", new string('x', 33 * 1024 * 1024));
        var error = ErrorCatalogue.OnlyErrorOf(shell.Remote("$params.big.Length", "-Arguments @{ big = $big }"));
        Assert.Contains("limit", error.ToString(), StringComparison.OrdinalIgnoreCase);
        StillWorks(shell);
    }

    /// <summary>The other side of the limit: some megabytes are fine.</summary>
    [Fact]
    public void BodyBelowTheLimitArrives()
    {
        using var shell = Shell.Open(server);
        shell.Set("big", new string('x', 8 * 1024 * 1024));
        Assert.Equal(8 * 1024 * 1024, shell.Remote("$params.big.Length", "-Arguments @{ big = $big }").Value);
    }

    /// <summary>
    /// wire-protocol.md 3.2.2: whatever is in the script's text cannot break the body apart (WP-D-23).
    /// </summary>
    [Fact]
    public void DelimiterInTheScriptDoesNotCutIt()
    {
        using var shell = Shell.Open(server);
        shell.Run("$s.SessionId = 'cut-1'").NoErrors();
        Assert.Equal("a<#cut-1#>b", shell.Remote("'a<#cut-1#>b'", "-Arguments @{ x = 1 }").Value);
    }

    private static void StillWorks(Shell shell) =>
        Assert.Equal("still here", shell.Remote("'still here'").Value);
}
