using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>client-module.md 16.1: where a file goes.</summary>
public sealed class SendPlaceTests
{
    private const string Id = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}";
    private const string IdInUrl = "%7B110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9%7D";

    /// <summary>
    /// The table of 16.1, with its last row as CM-D-26 wants it, and paths encoded as CM-D-16 does.
    /// </summary>
    [Theory]
    [InlineData("photo.jpg", "-RootPath Media -Destination Images/site", "/-/script/media/master/Images/site/photo.jpg/?")]
    [InlineData("photo.jpg", "-RootPath media -Destination Images/site/cover.jpg", "/-/script/media/master/Images/site/cover.jpg/?")]
    [InlineData("photo.jpg", $"-RootPath Media -Destination '{Id}'", $"/-/script/media/master/{IdInUrl}/?")]
    [InlineData("photo.jpg", $"-Destination '{Id}'", $"/-/script/media/master/{IdInUrl}/?")]
    [InlineData(
        "a.zip",
        "-RootPath Media -Destination Images -SkipUnpack -SkipExisting",
        "/-/script/media/master/Images/a.zip/?&skipunpack=true&skipexisting=true")]
    [InlineData("data.xml", "-RootPath App", "/-/script/file/App/?path=/data.xml&")]
    [InlineData("data.xml", "-RootPath Package -Destination '\\'", "/-/script/file/Package/?path=/data.xml&")]
    [InlineData("data.xml", "-Destination 'C:\\x\\new.xml'", "/-/script/file/custom/?path=C:%5Cx%5Cnew.xml&")]
    [InlineData("README", "-RootPath App", "/-/script/file/App/?path=/README&")]
    public async Task TableOfTheSpecification(string file, string options, string target) =>
        Assert.Equal(target, await TargetOf(file, options));

    /// <summary>CM-D-26: drives and shares root a path on every system.</summary>
    [Theory]
    [InlineData("'D:\\in'", "D:%5Cin/data.xml")]
    [InlineData("'\\\\server\\share\\in\\'", "%5C%5Cserver%5Cshare%5Cin/data.xml")]
    [InlineData("'/App_Data'", "/App_Data/data.xml")]
    [InlineData("'C:\\'", "C:/data.xml")]
    public async Task RootedDestinationNeedsNoRoot(string destination, string path) =>
        Assert.Equal($"/-/script/file/custom/?path={path}&", await TargetOf("data.xml", $"-Destination {destination}"));

    /// <summary>CM-D-26: extensions are compared without regard to case; a file without one keeps its name.</summary>
    [Theory]
    [InlineData("photo.JPG", "Images/cover.jpg", "Images/cover.jpg")]
    [InlineData("photo.jpg", "Images/cover.PNG", "Images/cover.PNG/photo.jpg")]
    [InlineData("README", "docs", "docs/README")]
    [InlineData("README", "docs/readme", "docs/readme")]
    [InlineData("README", "docs/v1.2", "docs/v1.2/README")]
    [InlineData(".gitignore", "docs", "docs/.gitignore")]
    public async Task NameOfTheFile(string file, string destination, string path) =>
        Assert.Equal($"/-/script/file/Data/?path={path}&", await TargetOf(file, $"-RootPath Data -Destination '{destination}'"));

    /// <summary>CM-D-16: no character of a name can end its place in the URL.</summary>
    [Theory]
    [InlineData("-RootPath Data", "/-/script/file/Data/?path=/a%20b%23c%26d%2Be%25f%3Bg%20%5B1%5D.xml&")]
    [InlineData("-RootPath Media", "/-/script/media/master/a%20b%23c%26d%2Be%25f%3Bg%20%5B1%5D.xml/?")]
    public async Task NamesAreEncoded(string options, string target) =>
        Assert.Equal(target, await TargetOf("a b#c&d+e%f;g [1].xml", options));

    /// <summary>CM-D-16: dot segments are refused, by their path, and nothing is sent.</summary>
    [Theory]
    [InlineData("-RootPath Media -Destination ../x")]
    [InlineData("-RootPath App -Destination 'a\\..\\..\\web.xml'")]
    [InlineData("-RootPath Data -Destination ./new.xml")]
    public async Task DotSegmentsAreRefused(string options)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run($"Send-RemoteItem -Session $s -Path data.xml {options}"));
        Assert.Equal("Spe.Remoting.InvalidInput", ErrorCatalogue.IdOf(error));
        Assert.Contains(options.Split("-Destination ")[1].Trim('\''), error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>16.1 step 2: a terminating error that names what is missing.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("-Destination new.xml")]
    [InlineData("-Destination sub/new.xml")]
    public async Task DestinationWithoutARootEndsTheCommand(string options)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var error = shell.Run($"Send-RemoteItem -Session $s -Path data.xml {options}").TerminatingError();
        Assert.Equal("Spe.Remoting.MissingParameter", ErrorCatalogue.IdOf(error));
        Assert.Contains("RootPath", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>CM-D-26: a root that does not count is told of.</summary>
    [Theory]
    [InlineData("-RootPath App", 1)]
    [InlineData("-RootPath Media", 0)]
    [InlineData("", 0)]
    public async Task IdWithAnotherRootIsWarnedOf(string options, int warnings)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("a.jpg").With("b.jpg");
        using var shell = folder.Open(server);
        var result = shell.Run($"'a.jpg', 'b.jpg' | Send-RemoteItem -Session $s -Destination '{Id}' {options}").NoErrors();
        Assert.Equal(warnings, result.Warnings.Count);
        Assert.All(server.Requests, request => Assert.Equal($"/-/script/media/master/{IdInUrl}/?", request.Target));
    }

    private static async Task<string> TargetOf(string file, string options)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With(file);
        using var shell = folder.Open(server);
        shell.Set("file", file);
        shell.Run($"Send-RemoteItem -Session $s -Path $file {options}").NoErrors();
        return Assert.Single(server.Requests).Target;
    }
}
