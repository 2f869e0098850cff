using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>Ways a wait ends that need a server which does not behave: client-module.md 12.3 to 12.5, Q-8, CM-D-07.</summary>
public sealed class WaitEndTests
{
    private const string Wait = "Wait-RemoteScriptSession -Session $s -Id job-1 ";

    /// <summary>A break in a callback is that of the loop around the command, as in ForEach-Object.</summary>
    [Theory, BothLanguages]
    public async Task BreakInACallbackEndsTheLoopAroundTheCommand(PSLanguageMode mode)
    {
        await using var server = Telling();
        using var shell = Shell.Open(server, mode);
        var result = shell.Run($"foreach ($turn in 1, 2) {{ $turn; {Wait} -OnVerbose {{ break }}; 'not reached' }}; 'after'");
        Assert.Equal([1, "after"], result.NoErrors().Values);
    }

    /// <summary>An error that a callback writes and goes on from is an error beside the job's result.</summary>
    [Theory, BothLanguages]
    public async Task ErrorThatACallbackWritesDoesNotEndTheWait(PSLanguageMode mode)
    {
        await using var server = Telling();
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(Wait + "-OnVerbose { Write-Error 'from the callback' }");
        Assert.Equal(["from the callback", "from the callback"], result.Errors.Select(error => error.ToString()));
        Assert.Equal(["result"], result.Values);
    }

    /// <summary>The cursor comes after the records it stands behind.</summary>
    [Fact]
    public async Task CursorComesAfterItsRecords()
    {
        await using var server = Telling();
        using var shell = Shell.Open(server);
        var result = shell.Run(Wait + "-OnVerbose { param($r) Write-Information $r.Message } -OnCursor { param($c) Write-Information $c }");
        Assert.Equal(["m0", "m1", "a.b"], result.NoErrors().Information);
    }

    /// <summary>Q-8, CM-D-39: a wait asks the first connection, and says that it asks no other.</summary>
    [Fact]
    public async Task SeveralConnectionsAreAnErrorAndTheFirstIsAsked()
    {
        await using var server = Telling();
        using var shell = Shell.Open(server);
        var result = shell.Run(
            "$login.ConnectionUri = $uri, 'http://other.invalid'; $t = New-ScriptSession @login; Wait-RemoteScriptSession -Session $t -Id job-1");
        Assert.Equal("Spe.Remoting.SeveralConnections", ErrorCatalogue.IdOf(ErrorCatalogue.OnlyErrorOf(result)));
        Assert.Equal(["result"], result.Values);
    }

    /// <summary>12.5: a server that answers the poll with something else ends the wait with a warning.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("login failed")]
    public async Task PollWithoutAnAnswerEndsTheWait(string text)
    {
        var body = text.Length == 0 ? "" : WaitReplies.CliXml(text);
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "GET"
            ? exchange.Reply(404, "Not Found")
            : exchange.Reply(200, "OK", body));
        using var shell = Shell.Open(server);
        var result = shell.Run(Wait + "-Delay 0").NoErrors();
        Assert.Contains("job-1", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    /// <summary>CM-D-07: a poll that is refused is an error, and the job goes on.</summary>
    [Fact]
    public async Task RefusedPollIsAnError()
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "GET"
            ? exchange.Reply(404, "Not Found")
            : exchange.Reply(403, "Forbidden"));
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Wait + "-Delay 0"));
        Assert.Contains("goes on", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>client-module.md 2.1: the pause between polls can be stopped.</summary>
    [Fact]
    public async Task PauseBetweenPollsIsCancelled()
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "GET"
            ? exchange.Reply(404, "Not Found")
            : exchange.Reply(200, "OK", WaitReplies.CliXml(new PSObject(new System.Collections.Hashtable { ["IsDone"] = false, ["Status"] = "Busy" }))));
        using var shell = Shell.Open(server);
        var running = shell.Start("$VerbosePreference = 'Continue'; " + Wait + "-Delay 600");
        await server.Arrival();
        await server.Arrival();
        Assert.True((await running.Stop()).Stopped);
    }

    /// <summary>CM-D-04: what a failed job had put out is handed over before its error.</summary>
    [Fact]
    public async Task FailedJobHandsOverWhatItPutOut()
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "POST"
            ? exchange.Reply(200, "OK", WaitReplies.CliXml("partial"))
            : exchange.Json(WaitReplies.Of("Failed", true)));
        using var shell = Shell.Open(server);
        var result = shell.Run(Wait);
        Assert.Equal("Spe.Remoting.JobFailed", ErrorCatalogue.IdOf(ErrorCatalogue.OnlyErrorOf(result)));
        Assert.Equal(["partial"], result.Values);
    }

    /// <summary>CM-D-04: and that it cannot be had is not a second error.</summary>
    [Fact]
    public async Task FailedJobWhoseOutputCannotBeHadIsOneError()
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Method == "POST"
            ? exchange.Reply(500, "Internal Server Error")
            : exchange.Json(WaitReplies.Of("Failed", true)));
        using var shell = Shell.Open(server);
        Assert.Equal("Spe.Remoting.JobFailed", ErrorCatalogue.IdOf(ErrorCatalogue.OnlyErrorOf(shell.Run(Wait))));
    }

    /// <summary>A server whose job writes two records and ends.</summary>
    private static ScriptedServer Telling() => new(exchange => exchange.Request.Method == "POST"
        ? exchange.Reply(200, "OK", WaitReplies.CliXml("result"))
        : exchange.Json(exchange.Request.Target.Contains("cursor=", StringComparison.Ordinal)
            ? WaitReplies.Of("Idle", true, 2, 0, "a.b")
            : WaitReplies.Of("Busy", false, 0, 2, "a.b")));
}
