using System;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>docs/security/oauth.md with the module: every command signs in with a token of an identity provider (client-module.md 4.2).</summary>
public sealed class AccessTokenTests(OAuthServer oauth) : IClassFixture<OAuthServer>
{
    [Theory, BothLanguages]
    public void EveryCommandSignsInWithAnAccessToken(PSLanguageMode mode)
    {
        using var shell = Shell.Open(oauth.Server, mode);
        shell.Set("token", oauth.Provider.Token("admin"));
        shell.Run("$o = New-ScriptSession -ConnectionUri $uri -AccessToken $token").NoErrors();
        Assert.Equal(@"sitecore\admin", shell.Run("Invoke-RemoteScript -Session $o -ScriptBlock { $me } -Raw").NoErrors().Value);
        Assert.Equal(true, shell.Run("Test-RemoteConnection -Session $o -Quiet").NoErrors().Value);
        var job = shell.Run(
            "$job = Invoke-RemoteScript -Session $o -ScriptBlock { 'done' } -AsJob; Wait-RemoteScriptSession -Session $o -Id $job -Delay 1");
        Assert.Equal("done", Assert.Single(job.NoErrors().Output)?.ToString());
        shell.Run(
            "$handle = Invoke-RemoteScript -Session $o -Raw -ScriptBlock { (Start-ScriptSession { 1 }).Handle }; " +
            "Wait-RemoteSitecoreJob -Session $o -Id $handle").NoErrors();
        shell.Run("Stop-ScriptSession -Session $o").NoErrors();
    }

    /// <summary>authentication.md 0.4 C7: the shared secret goes on beside it.</summary>
    [Fact]
    public void TheSharedSecretWorksBesideIt()
    {
        using var shell = Shell.Open(oauth.Server, PSLanguageMode.FullLanguage);
        Assert.Equal(@"sitecore\admin", shell.Run("Invoke-RemoteScript -Session $s -ScriptBlock { $me } -Raw").NoErrors().Value);
    }

    /// <summary>A token of nobody the server knows is an error of the layer that refused it, and no part of it is shown.</summary>
    [Fact]
    public void TokenThatIsRefusedIsAnErrorThatSaysSo()
    {
        using var shell = Shell.Open(oauth.Server, PSLanguageMode.FullLanguage);
        var token = oauth.Provider.Token("nobody");
        shell.Set("token", token);
        var error = shell.Run("Invoke-RemoteScript -ConnectionUri $uri -AccessToken $token -ScriptBlock { 1 }").SingleError();
        Assert.StartsWith("Spe.Remoting.Unauthorized", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(token[^20..], error + oauth.Server.Log, StringComparison.Ordinal);
    }
}
