using System.Linq;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Native;

/// <summary>Runspaces share one client, and each has a thread of its own.</summary>
public sealed class ParallelTests
{
    [Fact]
    public async Task CallsOfManyThreadsGetEachTheirOwnReply()
    {
        await using var server = new ScriptedServer(exchange => exchange.Reply(200, "OK", exchange.Request.Text));
        var threads = Enumerable.Range(0, 16).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var call = 0; call < 50; call++)
                {
                    var script = $"{thread}-{call}";
                    var reply = NativeCalls.Run(NativeCalls.Script(server.Uri, script)).Reply;
                    Assert.Equal($"{script}<#session-1#>", reply?.Body);
                    Assert.NotNull(NativeCalls.Client.NewJwt(NativeCalls.Jwt()).Reply);
                }
            },
            TaskCreationOptions.LongRunning));
        await Task.WhenAll(threads).Within("every thread is through");
    }
}
