using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Compatibility;

/// <summary>client-module.md 25.2 and 27: this client and a server of 9.0.</summary>
public sealed class NineZeroServerTests
{
    private const string Wait = "Wait-RemoteScriptSession -Session $s -Id job-1 ";

    [Theory, BothLanguages]
    public async Task TestAndStopUseTheActions(PSLanguageMode mode)
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Idle", true));
        using var shell = Shell.Open(server, mode);
        var result = shell.Run("Test-RemoteConnection -Session $s; Stop-ScriptSession -Session $s");
        Assert.Equal("9.0.0", result.OneObject().Properties["SPEVersion"].Value);
        Assert.Empty(result.Warnings);
        Assert.Empty(server.Scripts());
    }

    /// <summary>CM-D-03: records that were not asked for are passed over by the cursor, and none is asked for twice.</summary>
    [Fact]
    public async Task RecordsWithoutCallbacksAreReadOnceOnly()
    {
        await using var server = StockServers.NineZero(
            WaitReplies.Of("Busy", false, 0, 200, "a.a"), WaitReplies.Of("Busy", false, 200, 5, "b.b"), WaitReplies.Of("Idle", true, 205, 0, "b.b"));
        using var shell = Shell.Open(server);
        shell.Run(Wait + "-ErrorAction SilentlyContinue").NoErrors();
        var waits = server.Requests.Where(request => request.Method == "GET").Select(request => request.Target).ToArray();
        Assert.Equal(3, waits.Length);
        Assert.EndsWith("cursor=b.b", waits[2], StringComparison.Ordinal);
    }

    /// <summary>CM-D-04: the errors that did not end a job are told; a callback that had them is not told twice.</summary>
    [Fact]
    public async Task ErrorsOfAJobAreToldUnlessACallbackHadThem()
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Idle", true));
        using var shell = Shell.Open(server);
        Assert.Equal("item locked", $"{shell.Run(Wait).SingleError()}");
        Assert.Single(shell.Run(Wait + "-OnError { }").NoErrors().Output);
        Assert.Single(server.Scripts(), script => script.Contains("LastErrors", StringComparison.Ordinal));
    }

    /// <summary>CM-D-04: a policy that forbids asking for the errors does not cost the result.</summary>
    [Fact]
    public async Task APolicyMayForbidAskingForErrors()
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "GET"
            ? exchange.Json(WaitReplies.Of("Idle", true))
            : exchange.Request.Text.Contains("LastErrors", StringComparison.Ordinal)
                ? exchange.Reply(403, "Script blocked", "", ("X-SPE-Restriction", "policy-blocked"))
                : exchange.Reply(200, "OK", WaitReplies.CliXml("result")));
        using var shell = Shell.Open(server);
        Assert.Equal("result", shell.Run(Wait).Value);
    }

    [Theory, BothLanguages]
    public async Task ConnectionIsWaitedFor(PSLanguageMode mode)
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Busy", false), WaitReplies.Of("Idle", true));
        using var shell = Shell.Open(server, mode);
        Assert.Empty(shell.Run("Wait-RemoteConnection -Session $s -TimeoutSeconds 60").NoErrors().Output);
        Assert.Single(server.Scripts(), script => script.Contains("Start-ScriptSession", StringComparison.Ordinal));
    }
}
