using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Compatibility;

/// <summary>client-module.md 25.2, first column: this client and a server of 8.x, cell by cell.</summary>
public sealed class EightXServerTests
{
    private const string Wait = "Wait-RemoteScriptSession -Session $s -Id $id -Delay 0 ";

    [Theory, BothLanguages]
    public async Task ScriptsWork(PSLanguageMode mode)
    {
        await using var server = StockServers.EightX();
        using var shell = Shell.Open(server, mode);
        Assert.Equal("output", shell.Remote("1").Value);
        Assert.Contains("output", (string)shell.Remote("1", "-Raw").Value, StringComparison.Ordinal);
    }

    /// <summary>Json is answered as CLIXML: a warning, and the objects all the same.</summary>
    [Fact]
    public async Task JsonFallsBackToCliXml()
    {
        await using var server = StockServers.EightX();
        using var shell = Shell.Open(server);
        var result = shell.Remote("1", "-OutputFormat Json");
        Assert.Equal("output", result.Value);
        Assert.Single(result.Warnings);
    }

    /// <summary>The flag is ignored there; nothing breaks.</summary>
    [Fact]
    public async Task VerboseIsNoFailure()
    {
        await using var server = StockServers.EightX();
        using var shell = Shell.Open(server);
        Assert.Equal("output", shell.Remote("1", "-Verbose").Value);
    }

    /// <summary>Waits: no route, or a page instead of one (CM-D-09), is polling by script, remembered on the session.</summary>
    [Theory]
    [InlineData(404, "")]
    [InlineData(200, "<html>not found</html>")]
    [InlineData(302, "")]
    public async Task WaitsPoll(int status, string body)
    {
        await using var server = StockServers.EightX(exchange => exchange.Reply(status, "Reply", body, ("Location", "/notfound")), polls: 2);
        using var shell = Shell.Open(server);
        shell.Set("id", StockServers.JobId);
        var result = shell.Run(Wait + "-Verbose; " + Wait);
        Assert.Equal(2, result.Output.Count);
        Assert.Single(result.Verbose, line => line.Contains("asked about by script", StringComparison.Ordinal));
        Assert.Single(server.Requests, request => request.Target.Contains("/wait/", StringComparison.Ordinal));
    }

    /// <summary>CM-D-04: what the server knows of the errors of a job is told, before the results are received.</summary>
    [Fact]
    public async Task ErrorsOfAJobAreTold()
    {
        await using var server = StockServers.EightX(polls: 0);
        using var shell = Shell.Open(server);
        shell.Set("id", StockServers.JobId);
        var result = shell.Run(Wait);
        var error = result.SingleError();
        Assert.Equal("item locked", $"{error}");
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.Single(result.Output);
        var scripts = server.Scripts();
        Assert.Contains("LastErrors", scripts[^2], StringComparison.Ordinal);
        Assert.Contains("Receive-ScriptSession", scripts[^1], StringComparison.Ordinal);
    }

    [Theory, BothLanguages]
    public async Task SitecoreJobsArePolled(PSLanguageMode mode)
    {
        await using var server = StockServers.EightX(polls: 2);
        using var shell = Shell.Open(server, mode);
        var result = shell.Run("Wait-RemoteSitecoreJob -Session $s -Ids a, b -Delay 0 -Verbose").NoErrors();
        Assert.Empty(result.Output);
        Assert.Single(result.Verbose, line => line.Contains("asked about by script", StringComparison.Ordinal));
        Assert.All(server.Scripts(), script => Assert.Contains("JobManager", script, StringComparison.Ordinal));
    }

    /// <summary>Upstream cleaned nothing up and said nothing; here it is done by script, in a session of its own.</summary>
    [Theory, BothLanguages]
    public async Task StopCleansUpByScript(PSLanguageMode mode)
    {
        await using var server = StockServers.EightX();
        using var shell = Shell.Open(server, mode);
        var result = shell.Run("$s.SessionId; Stop-ScriptSession -Session $s -Timeout 5");
        var own = (string)result.Value;
        Assert.Empty(result.Warnings);
        Assert.Contains("-ge 5", Assert.Single(server.Scripts()), StringComparison.Ordinal);
        Assert.DoesNotContain(own, server.Requests[^1].Target, StringComparison.Ordinal);
    }

    /// <summary>CM-D-11: when that fails as well, the refusal is told.</summary>
    [Fact]
    public async Task StopThatFailsIsAWarning()
    {
        await using var server = ScriptedServer.Replying(400, "The specified script is invalid.");
        using var shell = Shell.Open(server);
        Assert.Contains("400", Assert.Single(shell.Run("Stop-ScriptSession -Session $s").NoErrors().Warnings), StringComparison.Ordinal);
    }

    [Theory, BothLanguages]
    public async Task TestAsksByScript(PSLanguageMode mode)
    {
        await using var server = StockServers.EightX();
        using var shell = Shell.Open(server, mode);
        var result = shell.Run("Test-RemoteConnection -Session $s; Test-RemoteConnection -Session $s -Quiet").NoErrors();
        Assert.Equal("8.0.0", result.Output[0]!.Properties["SPEVersion"].Value);
        Assert.Equal("10.3.0", result.Output[0]!.Properties["SitecoreVersion"].Value);
        Assert.IsType<DateTime>(result.Output[0]!.Properties["CurrentTime"].Value);
        Assert.Equal(true, result.Output[1]!.BaseObject);
    }

    /// <summary>A server that answers 400 to everything is none that answers.</summary>
    [Fact]
    public async Task TestThatFailsIsFalse()
    {
        await using var server = ScriptedServer.Replying(400, "Bad Request");
        using var shell = Shell.Open(server);
        Assert.Equal([null, false], shell.Run("Test-RemoteConnection -Session $s; Test-RemoteConnection -Session $s -Quiet").NoErrors().Values);
    }

    /// <summary>8.x takes the path as it is given under a root that it does not know.</summary>
    [Fact]
    public async Task RootedPathsGoToTheRootCustom()
    {
        await using var server = new ScriptedServer(exchange => exchange.Reply(
            200, "OK", "x", ("Content-Type", "text/plain"), ("Content-Disposition", "attachment; filename=a.txt")));
        using var shell = Shell.Open(server);
        using var folder = new SPE.Tests.Transfers.TransferFolder();
        shell.Set("folder", folder.PathOf("."));
        shell.Run(@"Receive-RemoteItem -Session $s -Path C:\temp\a.txt -Destination $folder/a.txt").NoErrors();
        Assert.Contains("/-/script/file/custom/?path=", Assert.Single(server.Requests).Target, StringComparison.Ordinal);
    }

    /// <summary>An access key or token is not understood there: an error, never a silent fallback to something weaker.</summary>
    [Theory]
    [InlineData("-AccessKeyId key-1 -SharedSecret $secret")]
    [InlineData("-AccessToken token")]
    public async Task CredentialsOfNineAreRefused(string credential)
    {
        await using var server = ScriptedServer.Replying(401, "Unauthorized");
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run($"$t = New-ScriptSession -ConnectionUri $uri {credential}; Invoke-RemoteScript -Session $t -ScriptBlock {{ 1 }}"));
        Assert.Equal("Spe.Remoting.Unauthorized", ErrorCatalogue.IdOf(error));
        Assert.StartsWith("Bearer ", Assert.Single(server.Requests).Header("Authorization"), StringComparison.Ordinal);
    }

    /// <summary>
    /// Neither the connection test nor the wait route is known there. That the route is missing is told once and remembered for the waits
    /// that come after.
    /// </summary>
    [Theory, BothLanguages]
    public async Task ConnectionIsWaitedFor(PSLanguageMode mode)
    {
        await using var server = StockServers.EightX(polls: 0);
        using var shell = Shell.Open(server, mode);
        shell.Set("id", StockServers.JobId);
        var ready = shell.Run("Wait-RemoteConnection $s -TimeoutSeconds 30 -Verbose").NoErrors();
        Assert.Empty(ready.Output);
        Assert.Single(ready.Verbose, line => line.Contains("asked about by script", StringComparison.Ordinal));
        shell.Run("Wait-RemoteConnection $s -TimeoutSeconds 30; " + Wait + "-OnError { }").NoErrors();
        Assert.Single(server.Requests, request => request.Target.Contains("/wait/", StringComparison.Ordinal));
    }

    /// <summary>A server that refuses the script as well is not ready, and the reason is named.</summary>
    [Fact]
    public async Task ConnectionThatIsRefusedIsNotReady()
    {
        await using var server = ScriptedServer.Replying(400, "the reason of the server");
        using var shell = Shell.Open(server);
        var error = shell.Run("Wait-RemoteConnection $s -TimeoutSeconds 5").TerminatingError();
        Assert.StartsWith("Spe.Remoting.NotReady,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("the reason of the server", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Only stock servers send no request id: what a later server refuses is never done by script instead.</summary>
    [Theory, BothLanguages]
    public async Task RefusalOfALaterServerIsNotRunByScript(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(400, "Refused", "", ("X-SPE-RequestId", "r1"));
        using var shell = Shell.Open(server, mode);
        var result = shell.Run("Test-RemoteConnection -Session $s -Quiet; Stop-ScriptSession -Session $s").NoErrors();
        Assert.Equal(false, result.Value);
        Assert.Contains("400", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Empty(server.Scripts());
    }
}
