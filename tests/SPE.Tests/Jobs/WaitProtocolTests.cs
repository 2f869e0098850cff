using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>The wait against servers of all ages: client-module.md 11 and 12, wire-protocol.md 6.9 and 6.10.</summary>
public sealed class WaitProtocolTests
{
    private const string Wait = "Wait-RemoteScriptSession -Session $s -Id job-1 ";

    private static readonly string[] WaitsThenScripts = ["GET", "GET", "POST", "POST"];

    /// <summary>
    /// client-module.md 12.2: no cursor in the first request, then the last one of the server, percent-encoded.
    /// </summary>
    [Fact]
    public async Task CursorIsSentBack()
    {
        await using var server = Serving(
            WaitReplies.Of("Busy", false, 0, 1, "first.cursor"), WaitReplies.Of(
                "Busy", false, 1, 1, "second.cursor"), WaitReplies.Of("Idle", true, 2, 0, "second.cursor"));
        using var shell = Shell.Open(server);
        shell.Run(Wait).NoErrors();
        var waits = server.Requests.Where(
            request => request.Method == "GET").Select(request => request.Target).ToArray();
        Assert.DoesNotContain("cursor", waits[0], StringComparison.Ordinal);
        Assert.EndsWith("&cursor=first.cursor", waits[1], StringComparison.Ordinal);
        Assert.EndsWith("&cursor=second.cursor", waits[2], StringComparison.Ordinal);
    }

    /// <summary>CM-D-37 and WP-D-16: a full last batch is not the end of the records.</summary>
    [Theory, BothLanguages]
    public async Task FullLastBatchIsReadOn(PSLanguageMode mode)
    {
        await using var server = Serving(
            WaitReplies.Of("Idle", true, 0, 256, "a.b"), WaitReplies.Of("Idle", true, 256, 10, "c.d"), WaitReplies.Of("Idle", true, 266, 0, "c.d"));
        using var shell = Shell.Open(server, mode);
        shell.Run("$global:seen = @(); " + Wait + "-OnVerbose { param($r) $global:seen += $r.Message }").NoErrors();
        Assert.Equal(
            Enumerable.Range(0, 266).Select(n => $"m{n}"),
            shell.Run("$global:seen").NoErrors().Values.Select(value => $"{value}"));
    }

    /// <summary>client-module.md 12.3: one warning per increase, with the job's id.</summary>
    [Fact]
    public async Task GrowingLossIsWarnedOfOncePerIncrease()
    {
        await using var server = Serving(
            WaitReplies.Of("Busy", false, 0, 1, "a.a", droppedRate: 5),
            WaitReplies.Of("Busy", false, 1, 1, "b.b", droppedRate: 5),
            WaitReplies.Of("Idle", true, 2, 1, "c.c", droppedRate: 7),
            WaitReplies.Of("Idle", true, 3, 0, "c.c", droppedRate: 7));
        using var shell = Shell.Open(server);
        var warnings = shell.Run(Wait + "-OnVerbose { }").NoErrors().Warnings;
        Assert.Equal(2, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("dropped", warning, StringComparison.Ordinal));
        Assert.All(warnings, warning => Assert.Contains("job-1", warning, StringComparison.Ordinal));
        Assert.Contains("5", warnings[0], StringComparison.Ordinal);
        Assert.Contains("2", warnings[1], StringComparison.Ordinal);
    }

    /// <summary>client-module.md 12.1, pinned: verbose tells the time that passed.</summary>
    [Fact]
    public async Task VerboseTellsElapsedTime()
    {
        await using var server = Serving(WaitReplies.Of("Idle", true));
        using var shell = Shell.Open(server);
        Assert.Contains(
            shell.Run(Wait + "-Verbose").NoErrors().Verbose,
            line => line.Contains("Elapsed :", StringComparison.Ordinal));
    }

    /// <summary>The issue: Failed is an error, with what the server tells of it.</summary>
    [Theory]
    [InlineData("Failed")]
    [InlineData("Stopped")]
    public async Task FailedStatusIsAnError(string status)
    {
        var error = """
            {"isDone":true,"status":"STATUS","name":"job-1","elapsedSeconds":0,"error":{"correlationId":"r1","message":"it broke",
            "fullyQualifiedErrorId":"Broken,Job","errorCategory":"ResourceBusy","exceptionType":"System.Exception","scriptStackTrace":"at line 7","positionMessage":"p"}}
            """.Replace("STATUS", status, StringComparison.Ordinal);
        await using var server = Serving(error);
        using var shell = Shell.Open(server);
        var record = shell.Run(Wait).SingleError();
        Assert.Contains("it broke", record.ToString(), StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceBusy, record.CategoryInfo.Category);
        Assert.Equal("at line 7", record.Property("RemoteScriptStackTrace"));
        Assert.Equal("r1", record.Property("RemoteCorrelationId"));
    }

    /// <summary>A server that says Failed and no more still makes an error.</summary>
    [Fact]
    public async Task FailedStatusWithoutErrorObjectIsAnError()
    {
        await using var server = Serving(WaitReplies.Of("Failed", true));
        using var shell = Shell.Open(server);
        Assert.Contains("job-1", ErrorCatalogue.OnlyErrorOf(shell.Run(Wait)).ToString(), StringComparison.Ordinal);
    }

    /// <summary>CM-D-07: a refusal is an error, and says that the job goes on.</summary>
    [Theory]
    [InlineData(401, ErrorCategory.AuthenticationError)]
    [InlineData(403, ErrorCategory.ConnectionError)]
    [InlineData(500, ErrorCategory.ConnectionError)]
    public async Task RefusedWaitIsAnError(int status, ErrorCategory category)
    {
        await using var server = ScriptedServer.Replying(status, "Refused");
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Wait));
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Single(server.Requests);
    }

    /// <summary>client-module.md 11: two retries by default, and the wait goes on where it was.</summary>
    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task ThrottledWaitIsTriedAgain(int status)
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "POST"
            ? exchange.Reply(200, "OK", WaitReplies.CliXml("result"))
            : exchange.Index < 2 ? exchange.Reply(status, "Later", "", ("Retry-After", "1")) : exchange.Json(WaitReplies.Of("Idle", true)));
        using var shell = Shell.Open(server);
        Assert.Equal("result", shell.Run(Wait).OneObject().ToString());
    }

    /// <summary>CM-D-10: a transport failure is not the end of a wait; the next reply goes on.</summary>
    [Fact]
    public async Task BrokenConnectionIsTriedAgain()
    {
        await using var server = new ScriptedServer(exchange =>
        {
            exchange.Hangup = exchange.Index == 0;
            return exchange.Request.Method == "POST" ? exchange.Reply(200, "OK", WaitReplies.CliXml("result"))
                : exchange.Index == 0 ? Task.CompletedTask : exchange.Json(WaitReplies.Of("Idle", true));
        });
        using var shell = Shell.Open(server);
        Assert.Equal("result", shell.Run(Wait + "-Delay 0").OneObject().ToString());
    }

    /// <summary>
    /// client-module.md 12.4 and 12.1: done, then the receive script, whose output is the command's. A server that does not tell errors is
    /// asked for them before (CM-D-04).
    /// </summary>
    [Fact]
    public async Task ResultIsReceivedOnceAtTheEnd()
    {
        await using var server = Serving(WaitReplies.Of("Busy", false), WaitReplies.Of("Idle", true));
        using var shell = Shell.Open(server);
        shell.Run(Wait).NoErrors();
        Assert.Equal(WaitsThenScripts, server.Requests.Select(request => request.Method));
        Assert.Contains("Receive-ScriptSession", server.Requests[^1].Text, StringComparison.Ordinal);
        Assert.Contains("job-1", server.Requests[^1].Text, StringComparison.Ordinal);
    }

    /// <summary>
    /// client-module.md 12.5 and CM-D-09: no route, or a page instead of JSON, is answered by polling with a script.
    /// </summary>
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, 404, "")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, 404, "")]
    [InlineData(PSLanguageMode.FullLanguage, 200, "<html>not found</html>")]
    public async Task ServerWithoutTheRouteIsPolled(PSLanguageMode mode, int status, string body)
    {
        await using var server = LegacyServer(status, body);
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(Wait + "-Delay 0 -Verbose");
        Assert.Equal("result", result.OneObject().ToString());
        Assert.Contains("Get-ScriptSession", server.Requests[1].Text, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 12.5: the downgrade is remembered on the session.</summary>
    [Fact]
    public async Task DowngradeIsRemembered()
    {
        await using var server = LegacyServer(404, "");
        using var shell = Shell.Open(server);
        shell.Run(Wait + "-Delay 0; " + Wait + "-Delay 0").NoErrors();
        Assert.Single(server.Requests, request => request.Method == "GET");
    }

    [Theory]
    [InlineData("-WaitTimeoutSeconds 0")]
    [InlineData("-WaitTimeoutSeconds 61")]
    [InlineData("-MaxRetries 11")]
    [InlineData("-Id ''")]
    public void ParametersOutOfRangeAreErrors(string arguments)
    {
        using var shell = Shell.Open();
        shell.Connect(Ports.Closed(), Secrets.Any);
        Assert.IsAssignableFrom<ParameterBindingException>(
            shell.Run("Wait-RemoteScriptSession -Session $s " + (arguments.StartsWith(
                "-Id", StringComparison.Ordinal) ? "" : "-Id x ") + arguments).TerminatingError().Exception);
    }

    private static ScriptedServer Serving(params string[] waits) => new(exchange =>
        exchange.Request.Method == "POST"
            ? exchange.Reply(200, "OK", WaitReplies.CliXml("result"))
            : exchange.Json(waits[Math.Min(exchange.Index, waits.Length - 1)]));

    /// <summary>Polls are told from the final receive by its command.</summary>
    private static ScriptedServer LegacyServer(int status, string body) => new(exchange =>
        exchange.Request.Method == "GET" ? exchange.Reply(status, "Reply", body)
        : exchange.Request.Text.Contains("Receive-ScriptSession", StringComparison.Ordinal) ? exchange.Reply(200, "OK", WaitReplies.CliXml("result"))
        : exchange.Reply(200, "OK", WaitReplies.CliXml(Poll(exchange.Index > 1))));

    private static PSObject Poll(bool isDone)
    {
        var answer = new PSObject();
        answer.Properties.Add(new PSNoteProperty("Name", "job-1"));
        answer.Properties.Add(new PSNoteProperty("IsDone", isDone));
        answer.Properties.Add(new PSNoteProperty("Status", isDone ? "Available" : "Busy"));
        return answer;
    }
}
