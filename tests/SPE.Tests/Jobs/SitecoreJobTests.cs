using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>client-module.md 13, the column "Required".</summary>
public sealed class SitecoreJobTests
{
    private const string First = "{11111111-2222-3333-4444-555555555555};cm1";
    private const string Wait = "Wait-RemoteSitecoreJob -Session $s -Ids $ids ";

    /// <summary>All jobs are waited for at once: the server answers none before it was asked for all.</summary>
    [Theory, BothLanguages]
    public async Task AllJobsAreWaitedForAtOnce(PSLanguageMode mode)
    {
        using var asked = new CountdownEvent(3);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer(async exchange =>
        {
            if (asked.Signal())
            {
                all.SetResult();
            }

            await all.Task;
            await exchange.Json(WaitReplies.Of("Done", true));
        });
        using var shell = Open(server, mode, "a;cm", "b;cm", "c;cm");
        Assert.Empty(shell.Run(Wait).NoErrors().Output);
        Assert.Equal(3, server.Requests.Count);
    }

    /// <summary>R0: no script is sent, so no policy can forbid it. The handle is percent-encoded.</summary>
    [Fact]
    public async Task NoScriptIsSent()
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Busy", false), WaitReplies.Of("Done", true));
        using var shell = Open(server, PSLanguageMode.ConstrainedLanguage, First);
        shell.Run("Wait-RemoteSitecoreJob -Session $s -Id $ids").NoErrors();
        Assert.All(server.Requests, request => Assert.Equal("GET", request.Method));
        Assert.Contains("&jobType=sitecore&", server.Requests[0].Target, StringComparison.Ordinal);
        Assert.Contains("jobId=%7B11111111-2222-3333-4444-555555555555%7D%3Bcm1", server.Requests[0].Target, StringComparison.Ordinal);
    }

    /// <summary>CM-D-21: an id that is given twice is one job.</summary>
    [Fact]
    public async Task DuplicatesAreOneJob()
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Done", true));
        using var shell = Open(server, PSLanguageMode.FullLanguage, "a;cm", "A;CM", "a;cm");
        shell.Run(Wait).NoErrors();
        Assert.Single(server.Requests);
    }

    /// <summary>CM-D-04: a failed job is an error, and the others are waited for all the same.</summary>
    [Fact]
    public async Task FailedJobIsAnError()
    {
        await using var server = new ScriptedServer(exchange => exchange.Json(
            exchange.Request.Target.Contains("bad", StringComparison.Ordinal)
                ? WaitReplies.Of("Failed", true)
                : WaitReplies.Of("Done", true)));
        using var shell = Open(server, PSLanguageMode.FullLanguage, "bad;cm", "good;cm");
        var result = shell.Run(Wait + "-Verbose");
        Assert.Equal("Spe.Remoting.JobFailed", ErrorCatalogue.IdOf(ErrorCatalogue.OnlyErrorOf(result)));
        Assert.Contains(result.Verbose, line => line.Contains("status Done", StringComparison.Ordinal));
    }

    /// <summary>A handle that is not known normally means that the job is over and forgotten.</summary>
    [Fact]
    public async Task UnknownJobIsOver()
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("NotFound", true));
        using var shell = Open(server, PSLanguageMode.FullLanguage, First);
        var result = shell.Run(Wait + "-Verbose").NoErrors();
        Assert.Empty(result.Warnings);
        Assert.Contains(result.Verbose, line => line.Contains("NotFound", StringComparison.Ordinal));
    }

    /// <summary>CM-D-07: a refusal is one error of the common table, says that the jobs go on, and ends all waits.</summary>
    [Theory]
    [InlineData(401, "Spe.Remoting.Unauthorized")]
    [InlineData(403, "Spe.Remoting.Forbidden")]
    [InlineData(500, "Spe.Remoting.HttpError")]
    public async Task RefusalIsOneError(int status, string id)
    {
        await using var server = ScriptedServer.Replying(status, "Refused");
        using var shell = Open(server, PSLanguageMode.FullLanguage, "a;cm", "b;cm", "c;cm");
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Wait));
        Assert.Equal(id, ErrorCatalogue.IdOf(error));
        Assert.Contains("go on", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Q-8, CM-D-39: the first connection is asked, and an error says that no other is.</summary>
    [Fact]
    public async Task SeveralConnectionsAreAnErrorAndTheFirstIsAsked()
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Done", true));
        using var shell = Open(server, PSLanguageMode.FullLanguage, First);
        var result = shell.Run(
            "$login.ConnectionUri = $uri, 'http://other.invalid'; $s = New-ScriptSession @login; " + Wait);
        Assert.Equal("Spe.Remoting.SeveralConnections", ErrorCatalogue.IdOf(ErrorCatalogue.OnlyErrorOf(result)));
        Assert.Single(server.Requests);
    }

    /// <summary>CM-D-10: connections that break every time end in one error for all jobs, never in a script.</summary>
    [Fact]
    public async Task ConnectionsThatKeepBreakingEndTheWait()
    {
        await using var server = new ScriptedServer(exchange =>
        {
            exchange.Hangup = true;
            return Task.CompletedTask;
        });
        using var shell = Open(server, PSLanguageMode.FullLanguage, First);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Wait + "-Delay 0"));
        Assert.Contains("10 in a row", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("go on", error.ToString(), StringComparison.Ordinal);
        Assert.All(server.Requests, request => Assert.Equal("GET", request.Method));
    }

    /// <summary>CM-D-10: a connection that breaks is tried again on the wait route, never by script.</summary>
    [Fact]
    public async Task BrokenConnectionIsTriedAgain()
    {
        await using var server = new ScriptedServer(exchange =>
        {
            exchange.Hangup = exchange.Index == 0;
            return exchange.Index == 0 ? Task.CompletedTask : exchange.Json(WaitReplies.Of("Done", true));
        });
        using var shell = Open(server, PSLanguageMode.FullLanguage, First);
        shell.Run(Wait + "-Delay 0").NoErrors();
        Assert.All(server.Requests, request => Assert.Equal("GET", request.Method));
    }

    /// <summary>A failed job is told on servers without the wait route too.</summary>
    [Fact]
    public async Task FailedJobIsAnErrorWhenPolled()
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "GET"
            ? exchange.Reply(404, "Not Found")
            : exchange.Reply(200, "OK", WaitReplies.CliXml(new System.Collections.Hashtable
            {
                ["Name"] = "job", ["IsDone"] = true, ["IsFailed"] = true, ["Status"] = "Finished and processed 3",
            })));
        using var shell = Open(server, PSLanguageMode.FullLanguage, First);
        Assert.Equal("Spe.Remoting.JobFailed", ErrorCatalogue.IdOf(ErrorCatalogue.OnlyErrorOf(shell.Run(Wait))));
    }

    [Theory]
    [InlineData("Wait-RemoteSitecoreJob -Session $s", "Ids")]
    [InlineData("Wait-RemoteSitecoreJob -Session $s -Ids @()", "Ids")]
    [InlineData("Wait-RemoteSitecoreJob -Session $s -Ids $null", "Ids")]
    [InlineData("Wait-RemoteSitecoreJob -Session $s -Ids 'a', $null, 'b'", "Ids")]
    [InlineData("Wait-RemoteSitecoreJob -Session $s -Ids ' '", "Element 1")]
    [InlineData("Wait-RemoteSitecoreJob -Session $null -Ids a", "Session")]
    [InlineData("Wait-RemoteSitecoreJob -Ids a", "Session")]
    [InlineData("Wait-RemoteSitecoreJob -Session $s -Ids a -WaitTimeoutSeconds 61", "WaitTimeoutSeconds")]
    public void BadInputNamesTheParameter(string command, string expected)
    {
        using var shell = Shell.Open();
        shell.Connect(Ports.Closed(), Secrets.Any);
        Assert.Contains(expected, shell.Run(command).TerminatingError().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlCEndsAllWaits()
    {
        await using var server = ScriptedServer.Stalling();
        using var shell = Open(server, PSLanguageMode.FullLanguage, "a;cm", "b;cm");
        var running = shell.Start(Wait);
        var exchanges = new[] { await server.Arrival(), await server.Arrival() };
        Assert.True((await running.Stop()).Stopped);
        foreach (var exchange in exchanges)
        {
            await exchange.Closed.Within("the connection is dropped");
        }
    }

    private static Shell Open(ScriptedServer server, PSLanguageMode mode, params string[] ids)
    {
        var shell = Shell.Open(server, mode);
        shell.Set("ids", ids);
        return shell;
    }
}
