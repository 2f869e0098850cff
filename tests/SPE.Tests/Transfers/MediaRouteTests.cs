using System;
using System.IO;
using System.IO.Compression;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>
/// Send-RemoteItem and Receive-RemoteItem against the media route of spe-server (wire-protocol.md 3.8 and 3.9), with nothing scripted.
/// </summary>
public sealed class MediaRouteTests(FileServer files) : IClassFixture<FileServer>
{
    [Theory, BothLanguages]
    public void AnItemGoesThereAndBack(PSLanguageMode mode)
    {
        using var folder = new TransferFolder().With("cat.txt", "meow");
        using var shell = files.Open(folder, mode);
        var place = Place();
        shell.Run($"Send-RemoteItem -Session $s -Path cat.txt -RootPath Media -Destination {place}").NoErrors();
        shell.Run($"Receive-RemoteItem -Session $s -Path {place}/cat -Database master -Destination back.txt").NoErrors();
        shell.Run($"Receive-RemoteItem -Session $s -Path '/sitecore/media library/{place}/CAT' -Database master -Destination named/").NoErrors();
        Assert.Equal(("meow", "meow"), (folder.Read("back.txt"), folder.Read("named/cat.txt")));
    }

    /// <summary>17.1: -Container makes the directories of the item.</summary>
    [Fact]
    public void ContainersBecomeDirectories()
    {
        using var folder = new TransferFolder().With("cat.txt", "meow");
        using var shell = files.Open(folder);
        var place = Place();
        shell.Run($"Send-RemoteItem -Session $s -Path cat.txt -RootPath Media -Destination {place}/sub").NoErrors();
        shell.Run($"Receive-RemoteItem -Session $s -Path {place}/sub/cat -Database master -Destination out -Container").NoErrors();
        Assert.Equal("meow", folder.Read($"out/{place}/sub/cat.txt"));
    }

    /// <summary>3.9: a destination that is an id replaces the content of that item and keeps its name.</summary>
    [Fact]
    public void AnItemIsReplacedByItsId()
    {
        using var folder = new TransferFolder().With("old.txt", "old").With("new.bin", "new");
        using var shell = files.Open(folder);
        var place = Place();
        shell.Run($"Send-RemoteItem -Session $s -Path old.txt -RootPath Media -Destination {place}").NoErrors();
        var id = IdOf(place, "old");
        shell.Set("id", id);
        shell.Run("Send-RemoteItem -Session $s -Path new.bin -RootPath Media -Destination $id").NoErrors();
        shell.Run("Receive-RemoteItem -Session $s -Path $id -Database master -Destination back/").NoErrors();
        Assert.Equal("new", folder.Read("back/old.txt"));
    }

    [Theory]
    [InlineData("a b.txt")]
    [InlineData("a#b%c+d&e.txt")]
    [InlineData("gr\u00fc\u00dfe \u4e2d\u6587.txt")]
    [InlineData("v1.2.3.txt")]
    public void NamesOfAllKindsArriveAsTheyAre(string name)
    {
        using var folder = new TransferFolder().With(name, name);
        using var shell = files.Open(folder);
        shell.Set("name", name);
        shell.Set("place", Place());
        shell.Run("Send-RemoteItem -Session $s -Path $name -RootPath Media -Destination $place").NoErrors();
        shell.Run("Receive-RemoteItem -Session $s -Path \"$place/$name\" -Database master -Destination back/").NoErrors();
        Assert.Equal(name, folder.Read($"back/{name}"));
    }

    /// <summary>WP-D-27 and the switches of 3.9.</summary>
    [Fact]
    public void ArchivesAreUnpackedUnlessTheyShouldNotBe()
    {
        using var folder = new TransferFolder().With("zipped/one.txt", "one").With("zipped/sub/two.txt", "two");
        ZipFile.CreateFromDirectory(folder.PathOf("zipped"), folder.PathOf("all.zip"));
        using var shell = files.Open(folder);
        var place = Place();
        shell.Run($"Send-RemoteItem -Session $s -Path all.zip -RootPath Media -Destination {place}").NoErrors();
        shell.Run($"Receive-RemoteItem -Session $s -Path {place}/sub/two -Database master -Destination two.txt").NoErrors();
        Assert.Equal("two", folder.Read("two.txt"));
        shell.Run($"Send-RemoteItem -Session $s -Path all.zip -RootPath Media -Destination {place} -SkipUnpack").NoErrors();
        shell.Run($"Receive-RemoteItem -Session $s -Path {place}/all -Database master -Destination back/").NoErrors();
        Assert.Equal(File.ReadAllBytes(folder.PathOf("all.zip")), File.ReadAllBytes(folder.PathOf("back/all.zip")));
    }

    [Fact]
    public void ExistingItemsMayBeLeftAlone()
    {
        using var folder = new TransferFolder().With("x.txt", "old");
        using var shell = files.Open(folder);
        var place = Place();
        shell.Run($"Send-RemoteItem -Session $s -Path x.txt -RootPath Media -Destination {place}").NoErrors();
        File.WriteAllText(folder.PathOf("x.txt"), "new");
        shell.Run($"Send-RemoteItem -Session $s -Path x.txt -RootPath Media -Destination {place} -SkipExisting").NoErrors();
        shell.Run($"Receive-RemoteItem -Session $s -Path {place}/x -Database master -Destination back.txt").NoErrors();
        Assert.Equal("old", folder.Read("back.txt"));
    }

    /// <summary>R1: with an API key and with an access token.</summary>
    [Fact]
    public async Task KeysAndTokensWork()
    {
        var key = await ApiKey.Add(files.Server, $"media {Guid.NewGuid():N}", "--policy", "unrestricted");
        using var folder = new TransferFolder().With("x.txt", "x").With("empty.txt", "");
        using var shell = files.Open(folder);
        shell.Set("id", key.Id);
        shell.Set("own", key.Secret);
        shell.Set("token", files.Provider.Token("admin"));
        foreach (var credential in (string[])["-AccessKeyId $id -SharedSecret $own", "-AccessToken $token"])
        {
            var place = Place();
            shell.Run($"$c = New-ScriptSession -ConnectionUri $uri {credential}").NoErrors();
            shell.Run($"Send-RemoteItem -Session $c -Path empty.txt -RootPath Media -Destination {place}").NoErrors();
            shell.Run($"Receive-RemoteItem -Session $c -Path {place}/empty -Database master -Destination back.txt -Force").NoErrors();
            Assert.Equal("", folder.Read("back.txt"));
        }
    }

    [Fact]
    public void WhatIsNotThereIsAnError()
    {
        using var folder = new TransferFolder();
        using var shell = files.Open(folder);
        var error = shell.Run("Receive-RemoteItem -Session $s -Path none/there -Database web -Destination x.txt").SingleError();
        Assert.Contains("The specified media is invalid", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(folder.Files);
    }

    private static string Place() => $"p-{Guid.NewGuid():N}";

    private string IdOf(string place, string name)
    {
        var items = new DirectoryInfo(files.PathOf("Library", "master/items"));
        foreach (var file in items.EnumerateFiles())
        {
            var text = File.ReadAllText(file.FullName);
            if (text.Contains(place, StringComparison.Ordinal) && text.Contains($"\"{name}\"", StringComparison.Ordinal))
            {
                return $"{{{Path.GetFileNameWithoutExtension(file.Name)}}}";
            }
        }

        throw new InvalidOperationException($"{place}/{name} is no item");
    }
}
