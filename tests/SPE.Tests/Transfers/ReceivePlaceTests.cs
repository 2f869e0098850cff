using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>client-module.md 17.1 and 17.3: where a file comes from, and where it is written.</summary>
public sealed class ReceivePlaceTests
{
    private const string Id = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}";
    private const string IdInUrl = "%7B110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9%7D";

    /// <summary>17.1 and section 5, with paths encoded as CM-D-16 wants them.</summary>
    [Theory]
    [InlineData("-RootPath Log -Path log.1.txt", "/-/script/file/Log/?path=log.1.txt&")]
    [InlineData("-RootPath App -Path '/a b/c#d.xml'", "/-/script/file/App/?path=/a%20b/c%23d.xml&")]
    [InlineData("-Path 'C:\\x\\old.xml'", "/-/script/file/custom/?path=C:%5Cx%5Cold.xml&")]
    [InlineData("-Path '\\\\server\\share\\old.xml'", "/-/script/file/custom/?path=%5C%5Cserver%5Cshare%5Cold.xml&")]
    [InlineData("-RootPath App -Path 'sub/x.xml/'", "/-/script/file/App/?path=sub/x.xml&")]
    [InlineData("-Database web -Path '/Images/a b/'", "/-/script/media/web/Images/a%20b/?")]
    [InlineData($"-Database master -Path '{Id}'", $"/-/script/media/master/{IdInUrl}/?")]
    [InlineData("-RootPath media -Path Images/cat", "/-/script/media/master/Images/cat/?")]
    [InlineData("-RootPath Media -Path Images/cat.jpg", "/-/script/file/Media/?path=Images/cat.jpg&")]
    public async Task SourcesOfTheSpecification(string options, string target)
    {
        await using var server = Sending("x.bin");
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        shell.Run($"Receive-RemoteItem -Session $s {options} -Destination out.bin").NoErrors();
        var request = Assert.Single(server.Requests);
        Assert.Equal(("GET", target), (request.Method, request.Target));
    }

    /// <summary>CM-D-26: what one input is does not rub off on the next.</summary>
    [Fact]
    public async Task EveryInputIsLookedAtByItself()
    {
        await using var server = Sending("x.bin");
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        shell.Run("'Images/cat', 'Images/cat.jpg' | Receive-RemoteItem -Session $s -RootPath Media -Destination out.bin -Force").NoErrors();
        Assert.Equal(
            ["/-/script/media/master/Images/cat/?", "/-/script/file/Media/?path=Images/cat.jpg&"],
            server.Requests.Select(request => request.Target));
    }

    /// <summary>CM-D-16.</summary>
    [Theory]
    [InlineData("-RootPath App -Path ../web.config")]
    [InlineData("-Database master -Path 'a\\..\\..\\b'")]
    public async Task DotSegmentsAreRefused(string options)
    {
        await using var server = Sending("x.bin");
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run($"Receive-RemoteItem -Session $s {options} -Destination out.bin"));
        Assert.Equal("Spe.Remoting.InvalidInput", ErrorCatalogue.IdOf(error));
        Assert.Contains(options.Split("-Path ")[1].Trim('\''), error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>17.1 step 2.</summary>
    [Fact]
    public async Task PathWithoutARootEndsTheCommand()
    {
        await using var server = Sending("x.bin");
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var error = shell.Run("Receive-RemoteItem -Session $s -Path x.xml -Destination out.bin").TerminatingError();
        Assert.Equal("Spe.Remoting.MissingParameter", ErrorCatalogue.IdOf(error));
        Assert.Contains("RootPath", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>The table of 17.3, and what is required beyond it: a directory is one when it exists or the path says so.</summary>
    [Theory]
    [InlineData("d\\cover1.jpg", $"-Path '{Id}'", "x.jpg", "d/cover1.jpg")]
    [InlineData("d\\out\\", "-Path /Images/cover", "cover.jpg", "d/out/cover.jpg")]
    [InlineData("d\\out\\cover", "-Path /Images/cover", "cover.jpg", "d/out/cover.jpg")]
    [InlineData("d\\m", "-Path '/Default Website/cover' -Container", "cover.jpg", "d/m/Default Website/cover.jpg")]
    [InlineData("d/m", "-Path '/sitecore/media library/Sites/cover' -Container", "cover.jpg", "d/m/Sites/cover.jpg")]
    [InlineData("d/v1.3/", "-Path /Images/cover", "cover.jpg", "d/v1.3/cover.jpg")]
    [InlineData("there.is", "-Path /Images/cover", "cover.jpg", "there.is/cover.jpg")]
    [InlineData(".", "-Path /Images/cover", "my cover.jpg", "my cover.jpg")]
    [InlineData("$folder/d/a [1].jpg", "-Path /Images/cover", "cover.jpg", "d/a [1].jpg")]
    public async Task TableOfTheSpecification(string destination, string options, string name, string written)
    {
        await using var server = Sending(name);
        using var folder = new TransferFolder().With("there.is/keep");
        using var shell = folder.Open(server);
        shell.Run($"Receive-RemoteItem -Session $s -Database master {options} -Destination \"{destination}\"").NoErrors();
        Assert.Equal([written], folder.Files.Where(file => file != "there.is/keep"));
        Assert.Equal("content", folder.Read(written));
    }

    /// <summary>CM-D-32: a server cannot choose the directory. rust/client/tests/download_targets.rs has more of such names.</summary>
    [Theory, BothLanguages]
    public async Task HostileNamesStayInTheDestination(PSLanguageMode mode)
    {
        string[] names =
        [
            "filename=\"../../evil.jpg\"", "filename=..\\..\\evil.jpg", "filename=\"C:\\windows\\evil.jpg\"", "filename=/etc/evil.jpg",
            "filename*=UTF-8''..%2F..%2Fevil.jpg", "filename=\"//server/share/evil.jpg\"",
        ];
        await using var server = new ScriptedServer(exchange => exchange.Reply(
            200, "OK", "content", ("Content-Disposition", $"attachment; {names[exchange.Index]}")));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server, mode);
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            shell.Run($"Receive-RemoteItem -Session $s -Database master -Path x -Destination deep/{index}/").NoErrors();
            Assert.True(folder.Files.Contains($"deep/{index}/evil.jpg"), name);
        }

        Assert.Equal(names.Length, folder.Files.Count);
    }

    [Theory]
    [InlineData("filename=\"..\"")]
    [InlineData("filename=\"C:evil.jpg\"")]
    [InlineData("filename=\"evil.jpg:stream.txt\"")]
    [InlineData("filename*=UTF-8''a%00.jpg")]
    [InlineData("filename=nul.jpg")]
    public async Task NamesThatNameNoFileAreErrors(string name)
    {
        await using var server = ScriptedServer.Replying(200, "OK", "content", ("Content-Disposition", $"attachment; {name}"));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run("Receive-RemoteItem -Session $s -Database master -Path x -Destination d/"));
        Assert.Equal("Spe.Remoting.MalformedReply", ErrorCatalogue.IdOf(error));
        Assert.Empty(folder.Files);
    }

    /// <summary>24: a file name that is missing gives an error about the extension.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("attachment")]
    [InlineData("attachment; filename=\"cover\"")]
    public async Task NameWithoutAnExtensionIsAnErrorAboutIt(string disposition)
    {
        await using var server = ScriptedServer.Replying(200, "OK", "content", ("Content-Disposition", disposition));
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run("Receive-RemoteItem -Session $s -Database master -Path x -Destination d/out"));
        Assert.Contains("extension", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(folder.Files);
    }

    /// <summary>Only paths of the file system are destinations.</summary>
    [Theory]
    [InlineData("variable:x")]
    [InlineData("nosuchdrive:/x")]
    public async Task OtherProvidersAreRefused(string destination)
    {
        await using var server = Sending("x.bin");
        using var folder = new TransferFolder();
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run($"Receive-RemoteItem -Session $s -RootPath App -Path x.bin -Destination {destination}"));
        Assert.Equal("Spe.Remoting.InvalidInput", ErrorCatalogue.IdOf(error));
        Assert.Contains(destination, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    private static ScriptedServer Sending(string name) => ScriptedServer.Replying(
        200, "OK", "content", ("Content-Disposition", $"attachment; filename=\"{name}\""));
}
