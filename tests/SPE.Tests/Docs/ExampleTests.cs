using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using SPE.Tests.Surface;
using SPE.Tests.Transfers;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>The issue: the examples of every page run. Those of the transfers have tests of their own, which look at their files.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string> Names => [.. StockSurface.Commands.Keys.Where(name => !name.EndsWith("RemoteItem", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Names))]
    public async Task ExamplesOfThePageRun(string name)
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Idle", true));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        Directory.CreateDirectory(folder.PathOf("watched"));
        folder.With("sync.xml", Sync(folder, server)).With("cursor.txt", "the.cursor");
        shell.Set("id", StockServers.JobId);
        shell.Run("$session = $s; $handles = 'a;cm'; $token = New-Jwt HS256 -Issuer i -Audience a -SecretKey $secret").NoErrors();
        if (name == "Stop-MediaSyncWatcher")
        {
            shell.Run("Start-MediaSyncWatcher ./sync.xml").NoErrors();
        }

        var examples = new CommandPage(name).Examples.ToArray();
        Assert.NotEmpty(examples);
        foreach (var (title, code) in examples)
        {
            var result = shell.Run(code.Replace("https://cm.example.test", server.Uri.ToString(), StringComparison.Ordinal));
            var isTold = result.Errors.All(error => error.ToString() == "item locked");
            Assert.True(isTold && result.Terminating is null, result.Describe(title));
        }
    }

    private static string Sync(TransferFolder folder, ScriptedServer server) =>
        $"""
        <mediaSync><folder path="{folder.PathOf("watched")}"><site><host>{server.Uri}</host><credentials><accessToken>t</accessToken></credentials></site>
        <media><mediaFolder>Images</mediaFolder></media></folder></mediaSync>
        """;
}
