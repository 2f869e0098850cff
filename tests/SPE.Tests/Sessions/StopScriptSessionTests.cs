using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>client-module.md 7, wire-protocol.md 3.1.2: what a session holds on the server is freed.</summary>
public sealed class StopScriptSessionTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory, BothLanguages]
    public void StoppedSessionHasForgottenItsVariables(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            """
            $s.PersistentSession = $true
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept = 1 }
            Stop-ScriptSession -Session $s
            Invoke-RemoteScript -Session $s -ScriptBlock { $null -eq $kept }
            Stop-ScriptSession -Session $s
            """);
        Assert.Equal([true], values.NoErrors().Values);
    }

    /// <summary>WP-D-02: a session that does not exist is answered with a count of 0, which is no failure.</summary>
    [Theory, BothLanguages]
    public void SessionWithoutAnythingOnTheServerIsNoFailure(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run("Stop-ScriptSession -Session $s").NoErrors();
        Assert.Empty(result.Output);
        Assert.Empty(result.Warnings);
    }

    /// <summary>client-module.md 7: the Uri set takes the secret too.</summary>
    [Fact]
    public void UriSetStopsASession()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            $s.PersistentSession = $true
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept = 1 }
            Stop-ScriptSession -ConnectionUri $uri -SessionId $s.SessionId -Username $user -SharedSecret $secret
            Invoke-RemoteScript -Session $s -ScriptBlock { $null -eq $kept }
            """);
        Assert.Equal([true], values.NoErrors().Values);
    }

    /// <summary>WP-D-02: another session, whatever its id looks like, is left alone.</summary>
    [Fact]
    public void OtherSessionsStay()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            $t = New-ScriptSession @login
            $s.PersistentSession = $true; $t.PersistentSession = $true
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept = 's' }
            Invoke-RemoteScript -Session $t -ScriptBlock { $kept = 't' }
            Stop-ScriptSession -Session $t
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept }
            Stop-ScriptSession -Session $s
            """);
        Assert.Equal(["s"], values.NoErrors().Values);
    }

    /// <summary>WP-D-02: a busy session is stopped too, and its caller is told.</summary>
    [Fact]
    public async Task RunningScriptOfTheSessionIsEnded()
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        using var other = Shell.Open(server);
        var id = shell.Run("$s.PersistentSession = $true; $s.SessionId").Value;
        var running = shell.StartRemote(beacon.Around("Start-Sleep -Seconds 600"));
        using var script = await beacon.Arrival();
        other.Set("id", id);
        other.Run("$s.SessionId = $id; Stop-ScriptSession -Session $s").NoErrors();
        await script.Ended.Within("the script of the stopped session ends");
        var result = await running.Completion.Within("the caller is told");
        Assert.True(result.Errors.Count == 1, result.Describe("Expected one error."));
    }

    /// <summary>CM-D-11: a refusal is a warning with its status, and so is a transport failure.</summary>
    [Theory, BothLanguages]
    public async Task RefusalIsAWarningWithItsStatus(PSLanguageMode mode)
    {
        await using var refusing = ScriptedServer.Replying(500, "Internal Server Error");
        using var shell = Shell.Open(refusing, mode);
        var warning = Assert.Single(shell.Run("Stop-ScriptSession -Session $s").NoErrors().Warnings);
        Assert.Contains("500", warning, StringComparison.Ordinal);
    }

    [Theory, BothLanguages]
    public void UnreachableServerIsAWarning(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        shell.Connect(Ports.Closed(), Secrets.Any);
        Assert.Single(shell.Run("Stop-ScriptSession -Session $s").NoErrors().Warnings);
    }
}
