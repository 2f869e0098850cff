using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>client-module.md 16: Send-RemoteItem, its parameters and what it sends.</summary>
public sealed class SendRemoteItemTests
{
    [Theory, BothLanguages]
    public async Task BytesOfTheFileAreTheBody(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml", "\u00e9\0\r\n");
        using var shell = folder.Open(server, mode);
        var result = shell.Run("Send-RemoteItem -Session $s -Path data.xml -RootPath App").NoErrors();
        Assert.Empty(result.Output);
        var request = Assert.Single(server.Requests);
        Assert.Equal("POST", request.Method);
        Assert.Equal("\u00e9\0\r\n", request.Text);
        Assert.Equal("5", request.Header("Content-Length"));
        Assert.Null(request.Header("Content-Type"));
        Assert.StartsWith("Bearer ", request.Header("Authorization"), StringComparison.Ordinal);
    }

    /// <summary>The issue: uploads of zero bytes work.</summary>
    [Fact]
    public async Task EmptyFileIsSent()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml", "");
        using var shell = folder.Open(server);
        shell.Run("Send-RemoteItem -Session $s -Path data.xml -RootPath App").NoErrors();
        Assert.Equal("0", Assert.Single(server.Requests).Header("Content-Length"));
    }

    [Fact]
    public async Task FileOfMegabytesArrives()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder();
        var content = new byte[20 * 1024 * 1024];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(folder.PathOf("big.bin"), content);
        using var shell = folder.Open(server);
        shell.Run("Send-RemoteItem -Session $s -Path big.bin -RootPath Data").NoErrors();
        Assert.True(content.AsSpan().SequenceEqual(Assert.Single(server.Requests).Body));
    }

    /// <summary>16: by value, and by the FullName of file objects.</summary>
    [Theory, BothLanguages]
    public async Task FilesComeFromThePipeline(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("in/a.jpg").With("in/b [1].jpg").With("c.jpg");
        using var shell = folder.Open(server, mode);
        shell.Run(
            """
            Get-ChildItem -Path in | Send-RemoteItem -Session $s -RootPath Media
            'c.jpg' | Send-RemoteItem -Session $s -RootPath Media
            """).NoErrors();
        Assert.Equal(
            ["a.jpg", "b%20%5B1%5D.jpg", "c.jpg"],
            server.Requests.Select(request => request.Target.Split('/')[^2]).Order(StringComparer.Ordinal));
    }

    /// <summary>16.2: relative paths count from the location of PowerShell, absolute ones from nowhere.</summary>
    [Theory]
    [InlineData("data.xml")]
    [InlineData("./sub/../data.xml")]
    [InlineData("$folder/data.xml")]
    [InlineData("Microsoft.PowerShell.Core\\FileSystem::$folder/data.xml")]
    public async Task PathsAreThoseOfPowerShell(string path)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml").With("sub/x");
        using var shell = folder.Open(server);
        shell.Run($"Send-RemoteItem -Session $s -Path \"{path}\" -RootPath App").NoErrors();
        Assert.Equal("/-/script/file/App/?path=/data.xml&", Assert.Single(server.Requests).Target);
    }

    /// <summary>16.2: brackets are part of a name.</summary>
    [Fact]
    public async Task BracketsAreNoPattern()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("a[1].xml", "bracket").With("a1.xml", "one");
        using var shell = folder.Open(server);
        shell.Run("Send-RemoteItem -Session $s -Path 'a[1].xml' -RootPath App").NoErrors();
        Assert.Equal("bracket", Assert.Single(server.Requests).Text);
    }

    /// <summary>2.1: the switches of media items are unknown with another root.</summary>
    [Theory]
    [InlineData("-RootPath App -SkipUnpack")]
    [InlineData("-SkipExisting -Destination C:/x")]
    public async Task SwitchesOfMediaAreUnknownElsewhere(string options)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var error = shell.Run($"Send-RemoteItem -Session $s -Path data.xml {options}").TerminatingError();
        Assert.StartsWith("NamedParameterNotFound", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>16.1: each switch by itself, each item by itself.</summary>
    [Theory, BothLanguages]
    public async Task SwitchesOfMediaAreDynamic(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("a.zip");
        using var shell = folder.Open(server, mode);
        shell.Run(
            """
            Send-RemoteItem -Session $s -Path a.zip -RootPath MEDIA -SkipUnpack
            Send-RemoteItem -Session $s -Path a.zip -RootPath Media -SkipExisting
            Send-RemoteItem -Session $s -Path a.zip -RootPath Media -SkipUnpack:$false
            """).NoErrors();
        Assert.Equal(
            ["&skipunpack=true", "&skipexisting=true", ""], server.Requests.Select(request => request.Target.Split('?')[1]));
    }

    [Fact]
    public void OtherRootsAreRefused()
    {
        using var shell = Shell.Open();
        var error = shell.Run("Send-RemoteItem -ConnectionUri http://x.test -Path a -RootPath Elsewhere").TerminatingError();
        Assert.StartsWith("ParameterArgumentValidationError", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    /// <summary>16.2: URL, path and end are verbose lines. The secret is in none.</summary>
    [Fact]
    public async Task VerboseLinesTellWhatHappens()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "", ("X-RateLimit-Limit", "10"));
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var result = shell.Run("Send-RemoteItem -Session $s -Path data.xml -RootPath App -Verbose").NoErrors();
        var lines = string.Join('\n', result.Verbose);
        foreach (var part in (string[])["/-/script/file/App/", folder.PathOf("data.xml"), "complete", "X-RateLimit-Limit=10"])
        {
            Assert.Contains(part, lines, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Secrets.Any, result.AllText(), StringComparison.Ordinal);
    }

    /// <summary>-Debug must not make a command ask.</summary>
    [Fact]
    public async Task DebugAsksNothing()
    {
        await using var server = ScriptedServer.Replying(403, "Path is not allowed.");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        Assert.Single(shell.Run("Send-RemoteItem -Session $s -Path data.xml -RootPath App -Debug").Errors);
    }
}
