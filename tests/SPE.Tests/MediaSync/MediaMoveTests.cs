using System;
using System.IO;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.MediaSync;

/// <summary>CM-D-36: what is moved into, within and out of a watched folder, and what happens to its sub-folders.</summary>
public sealed class MediaMoveTests
{
    /// <summary>The system tells that the file was created and nothing more: its content was written elsewhere.</summary>
    [Fact]
    public async Task FileThatIsMovedInIsSent()
    {
        await using var fixture = new MediaSyncFixture();
        await File.WriteAllTextAsync(fixture.Beside("outside.jpg"), "content");
        using var shell = Watching(fixture);
        File.Move(fixture.Beside("outside.jpg"), fixture.Of("inside.jpg"));
        var request = await fixture.Request("/Images/site/inside.jpg/");
        Assert.EndsWith("content", request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesOfAFolderThatIsMovedInAreSent()
    {
        await using var fixture = new MediaSyncFixture();
        Directory.CreateDirectory(fixture.Beside("album/deep"));
        await File.WriteAllTextAsync(fixture.Beside("album/skipped.tmp"), "content");
        await File.WriteAllTextAsync(fixture.Beside("album/deep/a.jpg"), "content");
        using var shell = Watching(fixture);
        Directory.Move(fixture.Beside("album"), fixture.Of("album"));
        await fixture.Request("/Images/site/album/deep/a.jpg/");
        Assert.Single(fixture.Server.Requests);
    }

    /// <summary>An item is renamed where it is, so what goes to another folder is removed here and sent there.</summary>
    [Fact]
    public async Task FileThatIsMovedToAnotherFolderIsRemovedAndSent()
    {
        await using var fixture = new MediaSyncFixture();
        fixture.Write("a/x.jpg");
        Directory.CreateDirectory(fixture.Of("b"));
        using var shell = Watching(fixture);
        File.Move(fixture.Of("a/x.jpg"), fixture.Of("b/y.jpg"));
        Assert.Contains("master:/media library/Images/site/a/x<", (await fixture.Request("Remove-Item")).Text, StringComparison.Ordinal);
        await fixture.Request("/Images/site/b/y.jpg/");
        Assert.Equal(2, fixture.Server.Requests.Count);
    }

    /// <summary>The name of a folder has no extension: removing 'photos.2024' must not remove the item 'photos'.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FolderWithADotIsRemovedByItsWholeName(bool isMadeWhileWatching)
    {
        await using var fixture = new MediaSyncFixture();
        if (isMadeWhileWatching)
        {
            Directory.CreateDirectory(fixture.Beside("photos.2024"));
            await File.WriteAllTextAsync(fixture.Beside("photos.2024/a.jpg"), "content");
        }
        else
        {
            fixture.Write("photos.2024/a.jpg");
        }

        using var shell = Watching(fixture);
        if (isMadeWhileWatching)
        {
            Directory.Move(fixture.Beside("photos.2024"), fixture.Of("photos.2024"));
            await fixture.Request("/photos.2024/a.jpg/");
        }

        Directory.Move(fixture.Of("photos.2024"), fixture.Beside("gone"));
        Assert.Contains("/Images/site/photos.2024<", (await fixture.Request("Remove-Item")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderIsRenamedByItsWholeName()
    {
        await using var fixture = new MediaSyncFixture();
        fixture.Write("photos.2024/a.jpg");
        using var shell = Watching(fixture);
        Directory.Move(fixture.Of("photos.2024"), fixture.Of("photos.2025"));
        var text = (await fixture.Request("Rename-Item")).Text;
        Assert.Contains("/Images/site/photos.2024<", text, StringComparison.Ordinal);
        Assert.Contains(">photos.2025<", text, StringComparison.Ordinal);

        // The folder is known by its new name.
        Directory.Delete(fixture.Of("photos.2025"), recursive: true);
        await fixture.Request("/Images/site/photos.2025<");
    }

    /// <summary>A folder without an item cannot be renamed; what is in it is sent.</summary>
    [Fact]
    public async Task FilesOfARenamedFolderWithoutAnItemAreSent()
    {
        await using var fixture = new MediaSyncFixture(exchange => exchange.Reply(200, "OK", "missing\r\n"));
        fixture.Write("old/a.jpg");
        using var shell = Watching(fixture);
        Directory.Move(fixture.Of("old"), fixture.Of("new"));
        await fixture.Request("/Images/site/new/a.jpg/");
    }

    /// <summary>No last change is lost: a file that waits to be sent when its folder gets another name is sent from there.</summary>
    [Fact]
    public async Task FileThatWaitsGoesWithItsFolder()
    {
        await using var fixture = new MediaSyncFixture();
        fixture.Write("old/a.jpg", "before");
        using var shell = Watching(fixture);
        fixture.Write("old/a.jpg", "after");
        Directory.Move(fixture.Of("old"), fixture.Of("new"));
        var request = await fixture.Request("/Images/site/new/a.jpg/");
        Assert.EndsWith("after", request.Text, StringComparison.Ordinal);
    }

    /// <summary>What went wrong on the server is not taken for an item that is not there, whatever words it uses.</summary>
    [Fact]
    public async Task FailedRenamingIsNotTakenForAMissingItem()
    {
        await using var fixture = new MediaSyncFixture(
            exchange => exchange.Reply(200, "OK", "<#messages#>a parameter is missing"));
        fixture.Write("old.jpg");
        using var shell = Watching(fixture);
        File.Move(fixture.Of("old.jpg"), fixture.Of("new.jpg"));
        await fixture.Request("Rename-Item");
        fixture.Write("last.jpg");
        await fixture.Request("/last.jpg/");
        Assert.DoesNotContain(fixture.Server.Requests, request => request.Target.Contains("/new.jpg/", StringComparison.Ordinal));
    }

    private static Shell Watching(MediaSyncFixture fixture)
    {
        var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        return shell;
    }
}
