using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>client-module.md 15.</summary>
public sealed class WaitRemoteConnectionTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>Positional, without output, and with the session as it was.</summary>
    [Theory, BothLanguages]
    public void ServerThatRunsJobsIsReady(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var before = shell.Run("\"$s\"").Value;
        var result = shell.Run("Wait-RemoteConnection $s 60 -Verbose").NoErrors();
        Assert.Empty(result.Output);
        Assert.Contains(result.Verbose, line => line.Contains("ready", StringComparison.Ordinal));
        Assert.Equal(before, shell.Run("\"$s\"").Value);
    }

    /// <summary>CM-D-41: one job at a time and no hold above 60 s or the time that is left, also with the default of 120 s.</summary>
    [Theory]
    [InlineData("", 60)]
    [InlineData("-TimeoutSeconds 20", 20)]
    public async Task HoldsAreClamped(string timeout, int longest)
    {
        await using var stock = StockServers.NineZero(WaitReplies.Of("Busy", false), WaitReplies.Of("Idle", true));
        using var shell = Shell.Open(stock);
        shell.Run($"Wait-RemoteConnection $s {timeout}").NoErrors();
        var waits = stock.Requests.Where(request => request.Method == "GET").ToArray();
        Assert.NotEmpty(waits);
        Assert.All(waits, wait => Assert.InRange(Hold(wait), 1, longest));
        Assert.Single(stock.Scripts(), script => script.Contains("Start-ScriptSession", StringComparison.Ordinal));
    }

    /// <summary>The error that ends it names the phase, the time and what went wrong last.</summary>
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "test", "sign-in of a connection test")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "start", "no job could be started")]
    [InlineData(PSLanguageMode.FullLanguage, "wait", "never completed")]
    public async Task TheLastErrorIsNamed(PSLanguageMode mode, string phase, string expected)
    {
        await using var broken = new ScriptedServer(exchange =>
        {
            var target = exchange.Request.Target;
            var isTest = target.Contains("action=test", StringComparison.Ordinal);
            var isWait = exchange.Request.Method == "GET";
            var now = isTest ? "test" : isWait ? "wait" : "start";
            return now == phase ? exchange.Reply(403, "the reason of the server")
                : isTest ? exchange.Json("""{"SPEVersion":"9.0.0"}""")
                : exchange.Reply(200, "OK", StockServers.JobId);
        });
        using var shell = Shell.Open(broken, mode);
        var error = shell.Run("Wait-RemoteConnection $s -TimeoutSeconds 5").TerminatingError();
        Assert.StartsWith("Spe.Remoting.NotReady,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Assert.All([expected, "5 s", "the reason of the server"], part => Assert.Contains(part, error.ToString(), StringComparison.Ordinal));
    }

    /// <summary>A server that says nothing does not hold the command beyond its time.</summary>
    [Fact]
    public async Task SilenceEndsWithTheTime()
    {
        await using var silent = ScriptedServer.Stalling();
        using var shell = Shell.Open(silent);
        var error = shell.Run("Wait-RemoteConnection $s -TimeoutSeconds 5").TerminatingError();
        Assert.Contains("did not answer", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>CM-D-01: an access token passes as well.</summary>
    [Fact]
    public async Task AccessTokenIsSent()
    {
        await using var stock = StockServers.NineZero(WaitReplies.Of("Idle", true));
        using var shell = Shell.Open(stock);
        shell.Run("$t = New-ScriptSession -ConnectionUri $uri -AccessToken the-token; Wait-RemoteConnection $t").NoErrors();
        Assert.All(stock.Requests, request => Assert.Equal("Bearer the-token", request.Header("Authorization")));
    }

    [Theory]
    [InlineData("-TimeoutSeconds 4")]
    [InlineData("-TimeoutSeconds 601")]
    [InlineData("")]
    public void BadInputIsRefused(string arguments)
    {
        using var shell = Shell.Open(server);
        var session = arguments.Length > 0 ? "$s" : "$null";
        Assert.IsAssignableFrom<ParameterBindingException>(
            shell.Run($"Wait-RemoteConnection -Session {session} {arguments}").TerminatingError().Exception);
    }

    [Fact]
    public async Task CtrlCEndsIt()
    {
        await using var silent = ScriptedServer.Stalling();
        using var shell = Shell.Open(silent);
        var running = shell.Start("Wait-RemoteConnection $s");
        var exchange = await silent.Arrival();
        Assert.True((await running.Stop()).Stopped);
        await exchange.Closed.Within("the connection is dropped");
    }

    private static int Hold(CapturedRequest request)
    {
        var target = request.Target;
        var start = target.IndexOf("timeoutSeconds=", StringComparison.Ordinal) + "timeoutSeconds=".Length;
        return int.Parse(target[start..].Split('&')[0], null);
    }
}
