using System;
using System.Threading;
using System.Threading.Tasks;
using SPE.Native;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Native;

/// <summary>ffi-notes.md 3: a service that is used after its end would take the process along.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void DisposedClientRefusesCalls()
    {
        var client = new NativeClient();
        client.Dispose();
        client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => client.NewJwt(NativeCalls.Jwt()));
        Assert.Throws<ObjectDisposedException>(() => client.Test(
            NativeCalls.Target(new Uri("http://127.0.0.1")), static _ => { }, CancellationToken.None));
    }

    [Fact]
    public async Task CallThatRunsWhileItsClientIsDisposedComesToItsEnd()
    {
        var answer = new TaskCompletionSource();
        await using var server = new ScriptedServer(async exchange =>
        {
            await answer.Task;
            await exchange.Reply(200, "OK", "done");
        });
        using var client = new NativeClient();
        var call = Task.Run(() =>
            client.RunScript(NativeCalls.Script(server.Uri, "'x'"), static _ => { }, CancellationToken.None));
        await server.Arrival();
        client.Dispose();
        answer.SetResult();
        Assert.Equal("done", (await call.Within("the call ends")).Reply?.Body);
    }

    [Fact]
    public void EveryUseOfTheModuleSharesOneClient() => Assert.Same(SpeClient.Instance, SpeClient.Instance);
}
