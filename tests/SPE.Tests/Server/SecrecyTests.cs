using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Server;

/// <summary>
/// The issue: no secret in verbose, debug, error, printed objects, process arguments, environment or log.
/// </summary>
public sealed class SecrecyTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>What the encoded header of every token of the protocol begins with.</summary>
    private const string TokenStart = "eyJ";

    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 } -Verbose -Debug")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { throw 'x' } -Verbose -Debug")]
    [InlineData(PSLanguageMode.FullLanguage, "$s.SessionId = 'a b'; Invoke-RemoteScript -Session $s -ScriptBlock { 1 } -Verbose -Debug")]
    [InlineData(PSLanguageMode.FullLanguage, "$s.Username = 'nobody'; Invoke-RemoteScript -Session $s -ScriptBlock { 1 } -Verbose -Debug")]
    [InlineData(PSLanguageMode.FullLanguage, "$s.Algorithm = 'none'; Invoke-RemoteScript -Session $s -ScriptBlock { 1 } -Verbose -Debug")]
    [InlineData(PSLanguageMode.FullLanguage, "$id = Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { throw 'x' } -Verbose; Wait-RemoteScriptSession -Session $s -Id $id -Verbose -Debug")]
    [InlineData(PSLanguageMode.FullLanguage, "Test-RemoteConnection -Session $s -Verbose -Debug; Stop-ScriptSession -Session $s -Verbose -Debug")]
    [InlineData(PSLanguageMode.FullLanguage, "New-ScriptSession @login -Verbose -Debug | Out-String")]
    [InlineData(PSLanguageMode.FullLanguage, "$null = New-Jwt -Algorithm HS256 -Issuer i -Audience a -SecretKey $secret -Verbose -Debug; $Error | Out-String")]
    public void NothingTheModuleSaysHoldsASecret(PSLanguageMode mode, string script)
    {
        using var shell = Shell.Open(server, mode);
        var text = shell.Run(script).AllText();
        Assert.DoesNotContain(server.Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain(TokenStart, text, StringComparison.Ordinal);
    }

    /// <summary>Secrets of every kind, where the server cannot be reached and where it refuses.</summary>
    [Fact]
    public async Task FailuresShowNoCredential()
    {
        await using var refusing = ScriptedServer.Replying(401, "Unauthorized");
        using var shell = Shell.Open();
        foreach (var uri in new[] { refusing.Uri, Ports.Closed(), new Uri("http://no-such-host.invalid") })
        {
            shell.Set("uri", uri);
            var text = shell.Run(
                """
                $a = New-ScriptSession -ConnectionUri $uri -Username u -Password 'password-1'
                $b = New-ScriptSession -ConnectionUri $uri -AccessToken 'token-2'
                $a, $b | ForEach-Object { Invoke-RemoteScript -Session $_ -ScriptBlock { 1 } -Verbose -Debug; Test-RemoteConnection -Session $_ -Verbose }
                $Error | Out-String
                $Error | ForEach-Object { $_.Exception.ToString(); "$($_.TargetObject)"; "$($_.ErrorDetails)" }
                """).AllText();
            Assert.DoesNotContain("password-1", text, StringComparison.Ordinal);
            Assert.DoesNotContain("token-2", text, StringComparison.Ordinal);
            Assert.DoesNotContain("dTpwYXNzd29yZC0x", text, StringComparison.Ordinal);
        }
    }

    /// <summary>A user name and password in the URI are credentials as well.</summary>
    [Fact]
    public void CredentialsInTheUriAreNotShown()
    {
        using var shell = Shell.Open();
        var text = shell.Run(
            "$t = New-ScriptSession -ConnectionUri \"http://user:inline-3@127.0.0.1:9\" -Username u -Password p; Invoke-RemoteScript -Session $t -ScriptBlock { 1 } -Verbose; $Error | Out-String").AllText();
        Assert.DoesNotContain("inline-3", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessesAndLogOfTheServerHoldNoSecret()
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        var running = shell.StartRemote(beacon.Around(Beacon.AwaitRelease));
        using var script = await beacon.Arrival();
        Assert.NotEmpty(server.Workers);
        Assert.All(server.Workers.Append(server.ProcessId), id =>
        {
            Assert.DoesNotContain(server.Secret, ProcessTable.CommandLine(id), StringComparison.Ordinal);
            Assert.DoesNotContain(server.Secret, ProcessTable.Environment(id), StringComparison.Ordinal);
        });
        script.Release();
        (await running.Completion.Within("the script ends")).NoErrors();
        Assert.DoesNotContain(server.Secret, server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(TokenStart, server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Secret, server.InitOutput, StringComparison.Ordinal);
    }

    /// <summary>
    /// architecture.md 4: data, configuration and keys are out of reach of scripts, also when everything runs as root.
    /// </summary>
    [Fact]
    public void ScriptsCannotReadTheSecret()
    {
        using var shell = Shell.Open(server);
        shell.Set("file", server.ConfigFile);
        shell.Set("server", server.ProcessId);
        var text = shell.Run(
            """
            Invoke-RemoteScript -Session $s -ScriptBlock {
                foreach ($path in $using:file, "/proc/$($using:server)/environ", "/proc/$($using:server)/mem", "/proc/self/environ") {
                    try { [System.IO.File]::ReadAllText($path) } catch { 'refused' } }
                [Environment]::CommandLine
            }
            """).NoErrors();
        Assert.Equal("refused", text.Values[0]);
        Assert.DoesNotContain(server.Secret, text.AllText(), StringComparison.Ordinal);
    }
}
