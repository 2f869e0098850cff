using System;
using System.IO;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>The issue: Ctrl+C ends a transfer at once and leaves no half file.</summary>
public sealed class TransferStopTests
{
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "Send-RemoteItem -Session $s -Path data.xml -RootPath App")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Send-RemoteItem -Session $s -Path data.xml -RootPath App")]
    [InlineData(PSLanguageMode.FullLanguage, "Receive-RemoteItem -Session $s -Path a -RootPath App -Destination out.xml")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "Receive-RemoteItem -Session $s -Path a -RootPath App -Destination out.xml")]
    public async Task WhileTheServerIsSilent(PSLanguageMode mode, string script)
    {
        await using var server = ScriptedServer.Stalling();
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server, mode);
        var running = shell.Start(script);
        var exchange = await server.Arrival();
        Assert.True((await running.Stop()).Stopped);
        await exchange.Closed.Within("the connection is dropped");
        Assert.Equal(["data.xml"], folder.Files);
    }

    [Theory]
    [InlineData("Send-RemoteItem -Session $s -Path data.xml -RootPath App")]
    [InlineData("Receive-RemoteItem -Session $s -Path a -RootPath App -Destination out.xml")]
    public async Task WhileConnecting(string script)
    {
        using var hole = new Ports.BlackHole();
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(hole.Uri);
        var running = shell.Start($"Write-Information 'calling'; {script}");
        await running.Said("calling");
        Assert.True((await running.Stop()).Stopped);
        Assert.Equal("usable", shell.Run("'usable'").Value);
    }

    /// <summary>A part of the file is on the disk when the stop comes, and nothing when the pipeline has ended.</summary>
    [Theory, BothLanguages]
    public async Task InTheMiddleOfADownload(PSLanguageMode mode)
    {
        await using var server = new ScriptedServer(async exchange =>
        {
            await exchange.Raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
            await exchange.ClientClosed();
        });
        using var folder = new TransferFolder().With("out.xml", "old");
        using var shell = folder.Open(server, mode);
        var running = shell.Start("Receive-RemoteItem -Session $s -Path a.xml -RootPath App -Destination out.xml -Force");
        var exchange = await server.Arrival();
        await running.Progressed();
        Assert.Equal(2, folder.Files.Count);
        Assert.True((await running.Stop()).Stopped);
        Assert.Equal(["out.xml"], folder.Files);
        Assert.Equal("old", folder.Read("out.xml"));
        await exchange.Closed.Within("the connection is dropped");
        Assert.Equal("usable", shell.Run("'usable'").Value);
    }

    /// <summary>The server takes nothing, so that the upload stands in the middle of its file.</summary>
    [Fact]
    public async Task InTheMiddleOfAnUpload()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var folder = new TransferFolder();
        await File.WriteAllBytesAsync(folder.PathOf("big.bin"), new byte[64 * 1024 * 1024]);
        using var shell = folder.Open(new Uri($"http://{listener.LocalEndpoint}"));
        var running = shell.Start("Send-RemoteItem -Session $s -Path big.bin -RootPath Data");
        using var connection = await listener.AcceptTcpClientAsync().Within("the upload begins");
        await running.Progressed();
        var result = await running.Stop();
        Assert.True(result.Stopped);
        Assert.Equal("Uploading", result.Progress[0].Activity);
        Assert.InRange(result.Progress[0].PercentComplete, 0, 99);
        var taken = await connection.GetStream().CopyToAsync(Stream.Null).ContinueWith(
            copying => copying.Exception is null, TaskScheduler.Default).Within("the connection is dropped");
        Assert.True(taken || !connection.Connected);
    }
}
