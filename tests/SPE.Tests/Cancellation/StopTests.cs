using System;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Cancellation;

/// <summary>
/// The issue: PowerShell.Stop() ends any cmdlet in the middle of connect, request, hold, retry or callback.
/// </summary>
public sealed class StopTests
{
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.FullLanguage, "Test-RemoteConnection -Session $s")]
    [InlineData(PSLanguageMode.FullLanguage, "Stop-ScriptSession -Session $s")]
    [InlineData(PSLanguageMode.FullLanguage, "Wait-RemoteScriptSession -Session $s -Id job-1")]
    public async Task WhileConnecting(PSLanguageMode mode, string script)
    {
        using var hole = new Ports.BlackHole();
        using var shell = Shell.Open(mode);
        shell.Connect(hole.Uri, Secrets.Any);
        var running = shell.Start($"Write-Information 'calling'; {script}");
        await running.Said("calling");
        Assert.True((await running.Stop()).Stopped);
        Assert.Equal("usable", shell.Run("'usable'").Value);
    }

    /// <summary>
    /// The request is on its way and the server says nothing; the connection is dropped, so that it can tell.
    /// </summary>
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { 1 }")]
    [InlineData(PSLanguageMode.FullLanguage, "Test-RemoteConnection -Session $s")]
    [InlineData(PSLanguageMode.FullLanguage, "Stop-ScriptSession -Session $s")]
    [InlineData(PSLanguageMode.FullLanguage, "Wait-RemoteScriptSession -Session $s -Id job-1")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Wait-RemoteScriptSession -Session $s -Id job-1")]
    public async Task WhileTheServerIsSilent(PSLanguageMode mode, string script)
    {
        await using var server = ScriptedServer.Stalling();
        using var shell = Shell.Open(server, mode);
        var running = shell.Start(script);
        var exchange = await server.Arrival();
        Assert.True((await running.Stop()).Stopped);
        await exchange.Closed.Within("the connection is dropped");
    }

    [Fact]
    public async Task InTheMiddleOfAReply()
    {
        await using var server = new ScriptedServer(async exchange =>
        {
            await exchange.Raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<Objs");
            await exchange.ClientClosed();
        });
        using var shell = Shell.Open(server);
        var running = shell.Start("Invoke-RemoteScript -Session $s -ScriptBlock { 1 }");
        var exchange = await server.Arrival();
        Assert.True((await running.Stop()).Stopped);
        await exchange.Closed.Within("the connection is dropped");
    }

    /// <summary>client-module.md 2.1: sleeps of the retry are cancelled too.</summary>
    [Fact]
    public async Task WhileWaitingToRetry()
    {
        await using var server = ScriptedServer.Replying(429, "Too Many Requests", "", ("Retry-After", "60"));
        using var shell = Shell.Open(server);
        var running = shell.Start("Invoke-RemoteScript -Session $s -MaxRetries 3 -ScriptBlock { 1 }");
        await server.Arrival();
        Assert.True((await running.Stop()).Stopped);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task WhilePausingAfterATransportFailureOfAWait()
    {
        await using var server = new ScriptedServer(exchange =>
        {
            exchange.Hangup = true;
            return Task.CompletedTask;
        });
        using var shell = Shell.Open(server);
        var running = shell.Start("Wait-RemoteScriptSession -Session $s -Id job-1 -Delay 600");
        await server.Arrival();
        Assert.True((await running.Stop()).Stopped);
    }

    [Theory, BothLanguages]
    public async Task InsideACallback(PSLanguageMode mode)
    {
        await using var server = new ScriptedServer(exchange => exchange.Index == 0
            ? exchange.Json(WaitReplies.Of("Busy", false, 0, 1, "a.b"))
            : exchange.ClientClosed());
        using var shell = Shell.Open(server, mode);
        var running = shell.Start(
            """
            Wait-RemoteScriptSession -Session $s -Id job-1 -OnVerbose {
                Write-Information 'inside'; Start-Sleep -Seconds 600 }
            """);
        await running.Said("inside");
        Assert.True((await running.Stop()).Stopped);
    }

    [Fact]
    public async Task TheSessionIsUsableAfterwards()
    {
        await using var server = new ScriptedServer(
            exchange => exchange.Index == 0 ? exchange.ClientClosed() : exchange.Reply(200, "OK", "raw text"));
        using var shell = Shell.Open(server);
        var running = shell.Start("Invoke-RemoteScript -Session $s -Raw -ScriptBlock { 1 }");
        await server.Arrival();
        await running.Stop();
        Assert.Equal("raw text", shell.Remote("1", "-Raw").Value);
    }
}
