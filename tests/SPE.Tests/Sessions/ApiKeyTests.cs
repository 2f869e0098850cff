using System;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>docs/security/api-keys.md with the module: every command signs in with a key of its own (client-module.md 4.3).</summary>
public sealed class ApiKeyTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory, BothLanguages]
    public async Task EveryCommandSignsInWithAKey(PSLanguageMode mode)
    {
        using var shell = await WithKey($"agents {mode}", mode);
        Assert.Equal(@"sitecore\admin", shell.Run("Invoke-RemoteScript -Session $k -ScriptBlock { $me } -Raw").NoErrors().Value);
        Assert.Equal(true, shell.Run("Test-RemoteConnection -Session $k -Quiet").NoErrors().Value);
        var result = shell.Run(
            "$job = Invoke-RemoteScript -Session $k -ScriptBlock { 'done' } -AsJob; Wait-RemoteScriptSession -Session $k -Id $job -Delay 1");
        Assert.Equal("done", Assert.Single(result.NoErrors().Output)?.ToString());
        Assert.Empty(shell.Run("Stop-ScriptSession -Session $k").NoErrors().Output);
    }

    /// <summary>authentication.md 3.5: a key that is switched off says so to who has its secret, and the error is one to act on.</summary>
    [Fact]
    public async Task KeyThatIsSwitchedOffIsToldAsSuch()
    {
        using var shell = await WithKey("off", PSLanguageMode.FullLanguage);
        Assert.Equal(0, (await server.Run("client", "disable", "off")).Code);
        await server.ReadClientsAgain();
        var error = shell.Run("Invoke-RemoteScript -Session $k -ScriptBlock { 1 }").SingleError();
        Assert.Contains("disabled", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<Shell> WithKey(string name, PSLanguageMode mode)
    {
        var key = await ApiKey.Add(server, name);
        var shell = Shell.Open(server, mode);
        shell.Set("id", key.Id);
        shell.Set("own", key.Secret);
        shell.Run("$k = New-ScriptSession -ConnectionUri $uri -AccessKeyId $id -SharedSecret $own").NoErrors();
        return shell;
    }
}
