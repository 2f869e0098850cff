using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>
/// Send-RemoteItem and Receive-RemoteItem against the file route of spe-server (wire-protocol.md 3.6 and 3.7): every root, every way of
/// signing in, every kind of name, with nothing scripted.
/// </summary>
public sealed class FileRouteTests(FileServer files) : IClassFixture<FileServer>
{
    /// <summary>All but Media: there the module sends to the media library, as the one before it did.</summary>
    public static TheoryData<string> Roots => [.. FileServer.Roots.Where(root => root != "Media")];

    [Theory, MemberData(nameof(Roots))]
    public void EveryRootIsReached(string root)
    {
        using var folder = new TransferFolder().With("data.xml", root);
        using var shell = files.Open(folder);
        var name = $"{Guid.NewGuid():N}/data.xml";
        shell.Run($"Send-RemoteItem -Session $s -Path data.xml -RootPath {root} -Destination {name}").NoErrors();
        Assert.Equal(root, File.ReadAllText(files.PathOf(root, name)));
        shell.Run($"Receive-RemoteItem -Session $s -Path {name} -RootPath {root} -Destination back.xml").NoErrors();
        Assert.Equal(root, folder.Read("back.xml"));
    }

    /// <summary>R1: with an access token, an API key, the shared secret and a password.</summary>
    [Theory]
    [InlineData("-AccessToken $token")]
    [InlineData("-AccessKeyId $id -SharedSecret $own")]
    [InlineData("-Username admin -SharedSecret $secret")]
    [InlineData("-Credential $credential")]
    public async Task EveryWayOfSigningInWorks(string credential)
    {
        var key = await ApiKey.Add(files.Server, $"key {Guid.NewGuid():N}");
        var (code, _, error) = await files.Server.RunWith("correct horse battery", "account", "password", "admin");
        Assert.True(code == 0, error);
        await files.Server.ReadClientsAgain();
        using var folder = new TransferFolder().With("data.xml", credential);
        using var shell = files.Open(folder);
        shell.Set("token", files.Provider.Token("admin"));
        shell.Set("id", key.Id);
        shell.Set("own", key.Secret);
        shell.Set("credential", new PSCredential("admin", Secure("correct horse battery")));
        shell.Run($"$c = New-ScriptSession -ConnectionUri $uri {credential}").NoErrors();
        var name = $"{Guid.NewGuid():N}.xml";
        shell.Run($"Send-RemoteItem -Session $c -Path data.xml -RootPath Temp -Destination {name}").NoErrors();
        shell.Run($"Receive-RemoteItem -Session $c -Path {name} -RootPath Temp -Destination back.xml").NoErrors();
        Assert.Equal(credential, folder.Read("back.xml"));
    }

    /// <summary>CM-D-16 and WP-D-35: a name arrives as it is written, whatever is in it.</summary>
    [Theory]
    [InlineData("a b.txt")]
    [InlineData("a#b.txt")]
    [InlineData("a%b%41.txt")]
    [InlineData("a+b.txt")]
    [InlineData("a&b=c.txt")]
    [InlineData("gr\u00fc\u00dfe \u4e2d\u6587 \ud83d\ude00.txt")]
    [InlineData(".hidden.txt")]
    [InlineData("Case.TXT")]
    [InlineData("case.txt")]
    [InlineData("[brackets]*.txt")]
    [InlineData("a'b.txt")]
    public void NamesOfAllKindsArriveAsTheyAre(string name)
    {
        using var folder = new TransferFolder().With(name, name);
        using var shell = files.Open(folder);
        var place = $"p-{Guid.NewGuid():N}";
        shell.Set("name", name);
        shell.Set("place", place);
        shell.Run("Send-RemoteItem -Session $s -Path $name -RootPath Data -Destination $place").NoErrors();
        Assert.Equal(name, File.ReadAllText(files.PathOf("Data", Path.Combine(place, name))));
        shell.Run("Receive-RemoteItem -Session $s -Path \"$place/$name\" -RootPath Data -Destination back/").NoErrors();
        Assert.Equal(name, folder.Read($"back/{name}"));
    }

    /// <summary>WP-D-05: a file without content is one.</summary>
    [Fact]
    public void FilesOfAllSizesArrive()
    {
        using var folder = new TransferFolder();
        using var shell = files.Open(folder);
        foreach (var size in (int[])[0, 1, 65_536, 262_144, 262_145, 5_000_000])
        {
            var content = new byte[size];
            Random.Shared.NextBytes(content);
            File.WriteAllBytes(folder.PathOf("x.bin"), content);
            shell.Run("Send-RemoteItem -Session $s -Path x.bin -RootPath Package").NoErrors();
            Assert.Equal(content, File.ReadAllBytes(files.PathOf("Package", "x.bin")));
            shell.Run("Receive-RemoteItem -Session $s -Path x.bin -RootPath Package -Destination y.bin -Force").NoErrors();
            Assert.Equal(content, File.ReadAllBytes(folder.PathOf("y.bin")));
        }
    }

    /// <summary>3.6.1: absolute paths lead below Spe.Remoting.AllowedFileRoots and nowhere else.</summary>
    [Theory, BothLanguages]
    public void AbsolutePathsAreForWhatIsAllowed(PSLanguageMode mode)
    {
        using var folder = new TransferFolder().With("data.xml", "absolute");
        using var shell = files.Open(folder, mode);
        var target = Path.Combine(files.Allowed, $"{Guid.NewGuid():N}.xml");
        shell.Set("target", target);
        shell.Run("Send-RemoteItem -Session $s -Path data.xml -Destination $target").NoErrors();
        Assert.Equal("absolute", File.ReadAllText(target));
        shell.Run("Receive-RemoteItem -Session $s -Path $target -Destination back.xml").NoErrors();
        Assert.Equal("absolute", folder.Read("back.xml"));
        foreach (var command in (string[])[
            "Receive-RemoteItem -Session $s -Path /etc/passwd -Destination p.xml", "Send-RemoteItem -Session $s -Path data.xml -Destination /tmp/x.xml",
            "Receive-RemoteItem -Session $s -Path 'C:\\x\\y.xml' -Destination p.xml"])
        {
            var error = shell.Run(command).SingleError();
            Assert.StartsWith("Spe.Remoting.Forbidden", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("Path is not allowed", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(["back.xml", "data.xml"], folder.Files);
    }

    [Fact]
    public void WhatIsNotThereIsAnError()
    {
        using var folder = new TransferFolder();
        using var shell = files.Open(folder);
        var error = shell.Run("Receive-RemoteItem -Session $s -Path none.xml -RootPath Temp -Destination x.xml").SingleError();
        Assert.Contains("The specified path is invalid", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(folder.Files);
    }

    private static System.Security.SecureString Secure(string text)
    {
        var secure = new System.Security.SecureString();
        foreach (var letter in text)
        {
            secure.AppendChar(letter);
        }

        return secure;
    }
}
