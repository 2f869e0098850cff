using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Failures;

/// <summary>
/// The issue, bad input: servers that do not speak the protocol. One clear error each, and the next call works.
/// </summary>
public sealed class BrokenReplyTests
{
    public static TheoryData<string, string> Wrongs => new()
    {
        { "a page in HTML", Whole("<html>please log in</html>", "Content-Type: text/html\r\n") },
        { "text that is no CLIXML", Whole("not clixml") },
        { "CLIXML that breaks off", Whole("<Objs Version=\"1.1.0.1\"><S") },
        { "gzip that is none", Whole("not gzip", "Content-Encoding: gzip\r\n") },
        { "DTD in the CLIXML", Whole("<!DOCTYPE x [<!ENTITY e \"boom\">]><Objs Version=\"1.1.0.1\"><S>&e;</S></Objs>") },
        { "close before any reply", "" },
        { "close in the headers", "HTTP/1.1 200 OK\r\nContent-Le" },
        { "close in the body", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<Objs" },
        { "close in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n<Objs" },
        { "no HTTP at all", "SSH-2.0-OpenSSH_9.6\r\n" },
        { "a status of nonsense", "HTTP/1.1 9999 What\r\nContent-Length: 0\r\n\r\n" },
    };

    [Theory, MemberData(nameof(Wrongs))]
    public async Task IsOneErrorAndTheSessionGoesOn(string what, string reply)
    {
        await using var server = new ScriptedServer(async exchange =>
        {
            if (exchange.Index > 0)
            {
                await exchange.Reply(200, "OK", PSSerializer.Serialize(new List<object> { "second" }));
                return;
            }

            await exchange.Raw(reply);
            exchange.Hangup = true;
        });
        using var shell = Shell.Open(server);
        var result = shell.Remote("1");
        Assert.True(result.Errors.Count == 1, result.Describe($"Expected one error for {what}."));
        ErrorCatalogue.OnlyErrorOf(result);
        Assert.Single(server.Requests);
        Assert.Equal("second", shell.Remote("1").Value);
    }

    [Theory, BothLanguages]
    public async Task PageInHtmlIsNamedAsWhatItIs(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(
            200, "OK", "<html>login</html>", ("Content-Type", "text/html"));
        using var shell = Shell.Open(server, mode);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Remote("1"));
        Assert.Contains("HTML", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>client-module.md 9: an empty body is nothing, not an error.</summary>
    [Fact]
    public async Task EmptyBodyIsNothing()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(server);
        Assert.Empty(shell.Remote("1").NoErrors().Output);
    }

    /// <summary>WP-D-21: the reason of a stock server's refusal, and E6 of client-module.md 8.7.</summary>
    [Theory]
    [InlineData(404, "Not Found")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(403, "Session is owned by a different identity.")]
    [InlineData(418, "I am a teapot")]
    public async Task ReasonPhraseIsPartOfTheError(int status, string reason)
    {
        await using var server = ScriptedServer.Replying(status, reason);
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Remote("1"));
        Assert.Contains(reason, error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    /// <summary>
    /// client-module.md 4.1: redirects; one that leads to another host must not take the token along.
    /// </summary>
    [Fact]
    public async Task RedirectToAnotherOriginDoesNotCarryTheToken()
    {
        await using var elsewhere = ScriptedServer.Replying(200, "OK");
        await using var server = ScriptedServer.Replying(302, "Found", "", ("Location", elsewhere.Uri + "login"));
        using var shell = Shell.Open(server);
        shell.Remote("1");
        Assert.All(elsewhere.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    private static string Whole(string body, string headers = "") => $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";
}
