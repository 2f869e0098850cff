using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SPE.Native;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Native;

/// <summary>What ISpeClient promises of a call that is cancelled.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task CancelledRequestEndsAtOnceAndDropsItsConnection()
    {
        await using var server = ScriptedServer.Stalling();
        using var stop = new CancellationTokenSource();
        var call = Task.Run(() =>
            NativeCalls.Client.RunScript(NativeCalls.Script(server.Uri, "'x'"), static _ => { }, stop.Token));
        var exchange = await server.Arrival();
        await stop.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the call ends"));
        Assert.Equal(stop.Token, error.CancellationToken);
        await exchange.Closed.Within("the server sees the connection close");
    }

    /// <summary>
    /// A wait goes on by itself between the things it has to say, so it is ended in another way than a script.
    /// </summary>
    [Fact]
    public async Task CancelledWaitEndsAtOnceAndDropsItsConnection()
    {
        await using var server = new ScriptedServer(exchange => exchange.Index == 0
            ? exchange.Json(WaitReplies.Of("Busy", false, 0, 256, "a.b"))
            : exchange.ClientClosed());
        using var stop = new CancellationTokenSource();
        var call = Task.Run(() => NativeCalls.Client.Wait(NativeCalls.Wait(server.Uri), static _ => { }, stop.Token));
        await server.Arrival();
        var second = await server.Arrival();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the call ends"));
        await second.Closed.Within("the server sees the connection close");
    }

    [Fact]
    public void CallOfACancelledTokenIsNotMade()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var uri = new Uri($"http://{listener.LocalEndpoint}");
        Assert.ThrowsAny<OperationCanceledException>(() => NativeCalls.Client.RunScript(
            NativeCalls.Script(uri, "'x'"), static _ => { }, new CancellationToken(canceled: true)));
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task HandlerThatThrowsCancelsTheCall()
    {
        await using var server = new ScriptedServer(exchange => exchange.Index == 0
            ? exchange.Json(WaitReplies.Of("Busy", false, 0, 256, "a.b"))
            : exchange.ClientClosed());
        var first = server.Arrival();
        var thrown = new InvalidTimeZoneException("from the handler");
        var call = Task.Run(() => NativeCalls.Client.Wait(
            NativeCalls.Wait(server.Uri), item => _ = item is RecordsEvent ? throw thrown : 0, CancellationToken.None));
        await first;
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the call ends"));
        Assert.Same(thrown, error.InnerException);
    }

    /// <summary>A stop while a callback of the user runs: nothing is handed over behind it.</summary>
    [Fact]
    public async Task NothingIsHandedOverAfterTheToken()
    {
        await using var server = new ScriptedServer(exchange =>
            exchange.Json(WaitReplies.Of("Idle", true, 0, 1, "a.b", droppedRate: 3)));
        using var stop = new CancellationTokenSource();
        var handed = 0;
        var call = Task.Run(() => NativeCalls.Client.Wait(
            NativeCalls.Wait(server.Uri),
            _ =>
            {
                handed++;
                stop.Cancel();
            },
            stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the call ends"));
        Assert.Equal(1, handed);
    }

    [Fact]
    public async Task ManyCallsThatAreCancelledLeaveTheClientInOrder()
    {
        await using var stalling = ScriptedServer.Stalling();
        await using var replying = ScriptedServer.Replying(200, "OK", "done");
        for (var round = 0; round < 50; round++)
        {
            using var stop = new CancellationTokenSource();
            var call = Task.Run(() =>
                NativeCalls.Client.RunScript(NativeCalls.Script(stalling.Uri, "'x'"), static _ => { }, stop.Token));
            if (round % 2 == 0)
            {
                await stalling.Arrival();
            }

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the call ends"));
        }

        Assert.Equal("done", NativeCalls.Run(NativeCalls.Script(replying.Uri, "'x'")).Reply?.Body);
    }
}
