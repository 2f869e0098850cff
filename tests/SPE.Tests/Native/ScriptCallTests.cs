using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SPE.Native;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Native;

/// <summary>
/// Scripts, tests and clean-ups through the native library: what is asked arrives, what is answered comes back.
/// </summary>
public sealed class ScriptCallTests
{
    /// <summary>Two, three and four bytes of UTF-8, a NUL, and what XML and C would trip over.</summary>
    private const string Texts = "a\u00e9\u20ac\U0001f642\0<&>\"'%s\r\n\t";

    /// <summary>client-module.md 8.3.</summary>
    [Theory]
    [InlineData("'x'", null)]
    [InlineData(Texts, Texts)]
    [InlineData("'x'", "")]
    public async Task ScriptAndArgumentsArriveAsTheyWere(string script, string? arguments)
    {
        await using var server = ScriptedServer.Replying(200, "OK", "done");
        Assert.Equal("done", NativeCalls.Run(NativeCalls.Script(server.Uri, script, arguments)).Reply?.Body);
        Assert.Equal($"{script}<#session-1#>{arguments}", Assert.Single(server.Requests).Text);
    }

    [Fact]
    public async Task ScriptOfMegabytesArrives()
    {
        var script = string.Concat(Enumerable.Range(0, 400_000).Select(number => $"{number} "));
        await using var server = ScriptedServer.Replying(200, "OK");
        Assert.NotNull(NativeCalls.Run(NativeCalls.Script(server.Uri, script)).Reply);
        Assert.StartsWith(script, Assert.Single(server.Requests).Text, StringComparison.Ordinal);
    }

    /// <summary>Half a surrogate pair has no UTF-8; it must not take the call or the process along.</summary>
    [Fact]
    public async Task HalfACharacterIsReplaced()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        Assert.NotNull(NativeCalls.Run(NativeCalls.Script(server.Uri, "a\ud83db")).Reply);
        Assert.StartsWith("a\ufffdb", Assert.Single(server.Requests).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryPartOfAReplyComesBack()
    {
        await using var server = ScriptedServer.Replying(424, "Failed Dependency", Texts, ("X-SPE-RequestId", "rid-1"));
        var reply = NativeCalls.Run(NativeCalls.Script(server.Uri, "'x'")).Reply!;
        Assert.Equal((424, Texts, "rid-1"), (reply.Status, reply.Body, reply.RequestId));
    }

    [Fact]
    public async Task EmptyReplyComesBack()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        var reply = NativeCalls.Run(NativeCalls.Script(server.Uri, "'x'")).Reply!;
        Assert.Equal((200, "", ""), (reply.Status, reply.Body, reply.RequestId));
    }

    [Fact]
    public async Task ReplyOf32MebibytesComesBack()
    {
        var body = string.Concat(Enumerable.Repeat("0123456789abcde\n", 2 * 1024 * 1024));
        await using var server = ScriptedServer.Replying(200, "OK", body);
        var reply = NativeCalls.Run(NativeCalls.Script(server.Uri, "'x'")).Reply!;
        Assert.True(reply.Body == body, $"{reply.Body.Length} characters came back");
    }

    /// <summary>Wire protocol 3.1.1 and 3.1.2.</summary>
    [Fact]
    public async Task TestAndCleanupReachTheirActions()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "{}");
        var target = NativeCalls.Target(server.Uri);
        var tested = NativeCalls.Client.Test(target, static _ => { }, CancellationToken.None);
        var cleaned = NativeCalls.Client.Cleanup(target, static _ => { }, CancellationToken.None);
        Assert.Equal(("{}", "{}"), (tested.Reply?.Body, cleaned.Reply?.Body));
        Assert.Equal(
            ["test", "cleanup"],
            server.Requests.Select(request => request.Target.Split("action=")[1].Split('&')[0]));
    }
}
