using System;
using System.IO;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>
/// The module under a policy (docs/security/restriction-profiles.md). R0: jobs and waits work where only the caller's own commands and the
/// script-session ones are allowed.
/// </summary>
public sealed class PolicyTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Own = "Get-Date";

    [Theory, BothLanguages]
    public async Task JobsAndWaitsWorkUnderAPolicy(PSLanguageMode mode)
    {
        using var shell = await Under("jobs", mode, Own, "Start-ScriptSession", "Get-ScriptSession", "Receive-ScriptSession");
        var job = shell.Run(
            "$job = Invoke-RemoteScript -Session $k -ScriptBlock { 'from a job' } -AsJob; Wait-RemoteScriptSession -Session $k -Id $job -Delay 1");
        Assert.Equal("from a job", Assert.Single(job.NoErrors().Output)?.ToString());
        shell.Run(
            "$handle = Invoke-RemoteScript -Session $k -Raw -ScriptBlock { (Start-ScriptSession { 1 }).Handle }; " +
            "Wait-RemoteSitecoreJob -Session $k -Id $handle").NoErrors();
        Assert.Equal(true, shell.Run("Test-RemoteConnection -Session $k -Quiet").NoErrors().Value);
    }

    /// <summary>client-module.md 8.7: the error names the command and the policy.</summary>
    [Theory, BothLanguages]
    public async Task WhatIsBlockedIsNamed(PSLanguageMode mode)
    {
        using var shell = await Under("some", mode, Own);
        var error = shell.Run("Invoke-RemoteScript -Session $k -ScriptBlock { Get-Process }").SingleError();
        Assert.StartsWith("Spe.Remoting.PolicyBlocked", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Get-Process", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"some-{mode}", error.ToString(), StringComparison.Ordinal);
        shell.Run("Invoke-RemoteScript -Session $k -ScriptBlock { Get-Date }").NoErrors();
    }

    private async Task<Shell> Under(string policy, PSLanguageMode mode, params string[] commands)
    {
        var name = $"{policy}-{mode}";
        var list = string.Join(", ", Array.ConvertAll(commands, command => $"'{command}'"));
        await File.WriteAllTextAsync(
            Path.Combine(server.DataFolder, "policies", name + ".toml"), $"name = '{name}'\nallowedCommands = [{list}]\n");
        var key = await ApiKey.Add(server, name, "--policy", name);
        var shell = Shell.Open(server, mode);
        shell.Set("id", key.Id);
        shell.Set("own", key.Secret);
        shell.Run("$k = New-ScriptSession -ConnectionUri $uri -AccessKeyId $id -SharedSecret $own").NoErrors();
        return shell;
    }
}
