using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Docs;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>The issue: the examples of the pages run.</summary>
public sealed class TransferExampleTests
{
    [Theory, BothLanguages]
    public async Task ExamplesOfSendRemoteItemSendTheirFiles(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("release.zip").With("data.xml").With("pictures/a.jpg").With("pictures/b.jpg");
        using var shell = folder.Open(server, mode);
        Run(shell, server, "Send-RemoteItem");
        Assert.Equal(
            [
                "/-/script/file/Data/?path=new.xml&", "/-/script/file/Package/?path=/release.zip&",
                "/-/script/media/master/Downloads/release.zip/?&skipunpack=true",
                "/-/script/media/master/Images/site/a.jpg/?", "/-/script/media/master/Images/site/b.jpg/?",
            ],
            server.Requests.Select(request => request.Target).Order(StringComparer.Ordinal));
    }

    [Theory, BothLanguages]
    public async Task ExamplesOfReceiveRemoteItemWriteTheirFiles(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(
            200, "OK", "content", ("Content-Disposition", "attachment; filename=\"server.txt\""));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server, mode);
        Run(shell, server, "Receive-RemoteItem");
        Assert.Equal(
            ["cover.jpg", "logs/server.txt", "media/Default Website/server.txt", "media/Images/server.txt"], folder.Files);
    }

    private static void Run(Shell shell, ScriptedServer server, string command)
    {
        shell.Run("$session = $s; $token = 'token'").NoErrors();
        foreach (var (title, code) in new CommandPage(command).Examples)
        {
            var result = shell.Run(code.Replace("https://cm.example.test", server.Uri.ToString(), StringComparison.Ordinal));
            Assert.True(result.Errors.Count == 0 && result.Terminating is null, result.Describe(title));
        }
    }
}
