using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>client-module.md 17: Receive-RemoteItem and what it leaves on the disk.</summary>
public sealed class ReceiveRemoteItemTests
{
    private const string Call = "Receive-RemoteItem -Session $s -RootPath App -Path data.xml -Destination out.xml ";

    [Theory, BothLanguages]
    public async Task FileIsWrittenAndNothingPutOut(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK", "\u00e9\0\r\n");
        using var folder = new TransferFolder();
        using var shell = folder.Open(server, mode);
        Assert.Empty(shell.Run(Call).NoErrors().Output);
        Assert.Equal(["out.xml"], folder.Files);
        Assert.Equal("\u00e9\0\r\n", folder.Read("out.xml"));
    }

    /// <summary>17.3: without -Force the file is kept, with a verbose line; with it it is replaced.</summary>
    [Fact]
    public async Task ExistingFileIsKeptWithoutForce()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "new");
        using var folder = new TransferFolder().With("out.xml", "old");
        using var shell = folder.Open(server);
        var kept = shell.Run(Call + "-Verbose").NoErrors();
        Assert.Contains(kept.Verbose, line => line.Contains("Skipping", StringComparison.Ordinal) && line.Contains("out.xml", StringComparison.Ordinal));
        Assert.Equal("old", folder.Read("out.xml"));
        shell.Run(Call + "-Force").NoErrors();
        Assert.Equal("new", folder.Read("out.xml"));
        Assert.Equal(["out.xml"], folder.Files);
    }

    /// <summary>17.2.</summary>
    [Fact]
    public async Task ReplyWithoutContentIsAWarning()
    {
        await using var server = new ScriptedServer(exchange => exchange.Raw("HTTP/1.1 204 No Content\r\n\r\n"));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        Assert.Contains("data.xml", Assert.Single(shell.Run(Call).NoErrors().Warnings), StringComparison.Ordinal);
        Assert.Empty(folder.Files);
    }

    /// <summary>17.3: an empty body is an empty file.</summary>
    [Fact]
    public async Task EmptyBodyIsAnEmptyFile()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        shell.Run(Call).NoErrors();
        Assert.Equal("", folder.Read("out.xml"));
    }

    /// <summary>The issue: a body that breaks off leaves neither the target nor a temporary file.</summary>
    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\nabc")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n40\r\nabc")]
    public async Task ShortBodyLeavesNothing(string part)
    {
        await using var server = new ScriptedServer(exchange =>
        {
            exchange.Hangup = true;
            return exchange.Raw($"HTTP/1.1 200 OK\r\n{part}");
        });
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Call));
        Assert.Equal("Spe.Remoting.ConnectionLost", ErrorCatalogue.IdOf(error));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public async Task BodyInChunksIsPutTogether()
    {
        await using var server = new ScriptedServer(exchange =>
            exchange.Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        shell.Run(Call).NoErrors();
        Assert.Equal("abcdefg", folder.Read("out.xml"));
    }

    /// <summary>A directory that is a file, which root may not write into either.</summary>
    [Fact]
    public async Task DestinationThatCannotBeMadeIsAnErrorWithItsPath()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "content");
        using var folder = new TransferFolder().With("taken");
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run("Receive-RemoteItem -Session $s -RootPath App -Path data.xml -Destination taken/out.xml"));
        Assert.Equal("Spe.Remoting.FileNotWritten", ErrorCatalogue.IdOf(error));
        Assert.Equal(ErrorCategory.WriteError, error.CategoryInfo.Category);
        Assert.Contains(folder.PathOf("taken"), error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["taken"], folder.Files);
    }

    /// <summary>17: paths come from the pipeline, and an error of one does not keep the next from coming.</summary>
    [Fact]
    public async Task OneFailureDoesNotStopTheNext()
    {
        await using var server = new ScriptedServer(exchange => exchange.Index == 0
            ? exchange.Reply(404, "The specified path is invalid.")
            : exchange.Reply(200, "OK", "content", ("Content-Disposition", "attachment; filename=\"b.xml\"")));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var result = shell.Run("'a.xml', 'b.xml' | Receive-RemoteItem -Session $s -RootPath App -Destination d/");
        Assert.Equal("a.xml", ErrorCatalogue.OnlyErrorOf(result).TargetObject);
        Assert.Equal(["d/b.xml"], folder.Files);
    }

    /// <summary>The issue: progress is shown while a file comes, and taken away at the end, also of a failure.</summary>
    [Theory]
    [InlineData("d", 0)]
    [InlineData("", 1)]
    public async Task ProgressIsShownAndTakenAway(string rest, int errors)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer(async exchange =>
        {
            exchange.Hangup = true;
            await exchange.Raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc");
            await told.Task;
            await exchange.Raw(rest);
        });
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var running = shell.Start(Call);
        await running.Progressed();
        told.SetResult();
        var result = await running.Completion.Within("the download ends");
        Assert.Equal(errors, result.Errors.Count);
        Assert.Equal(("Downloading", "data.xml", 75), (result.Progress[0].Activity, result.Progress[0].StatusDescription, result.Progress[0].PercentComplete));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    /// <summary>17.3, the verbose lines.</summary>
    [Fact]
    public async Task VerboseLinesTellWhatHappens()
    {
        await using var server = ScriptedServer.Replying(
            200, "OK", "content", ("Content-Type", "text/xml"), ("Content-Disposition", "attachment; filename=\"server.xml\""));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var lines = string.Join('\n', shell.Run(Call + "-Verbose").NoErrors().Verbose);
        foreach (var part in (string[])["/-/script/file/App/", "data.xml", "7 bytes", "text/xml", "server.xml", folder.PathOf("out.xml"), "complete"])
        {
            Assert.Contains(part, lines, StringComparison.Ordinal);
        }
    }
}
