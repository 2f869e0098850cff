using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.MediaSync;

/// <summary>client-module.md 21 with CM-D-36: what happens in a folder happens in the media library.</summary>
public sealed class MediaSyncTests
{
    private static readonly string[] EventNames = ["FileCreated", "FileRenamed", "FileDeleted", "FileChanged"];

    /// <summary>Four jobs for each folder, and subscriptions of the names that scripts look for.</summary>
    [Theory, BothLanguages]
    public async Task StartGivesFourJobs(PSLanguageMode mode)
    {
        await using var fixture = new MediaSyncFixture();
        using var shell = fixture.Open(mode);
        var result = shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        var expected = EventNames.Select(name => $"{name}_{fixture.Id}");
        Assert.Equal(expected, result.Output.Select(job => ((Job)job!.BaseObject).Name));
        Assert.Equal(expected.Order(), shell.Run("Get-Job | ForEach-Object { $_.Name }").NoErrors().Values.Select(name => $"{name}").Order());
        Assert.Contains(result.Information, line => line.Contains(fixture.Folder, StringComparison.Ordinal));
    }

    /// <summary>A password in the file is warned of, and shown nowhere.</summary>
    [Fact]
    public async Task PasswordInTheFileIsWarnedOf()
    {
        await using var fixture = new MediaSyncFixture();
        using var shell = fixture.Open();
        var result = shell.Run("Start-MediaSyncWatcher -configPath $config -Verbose");
        Assert.Contains("in clear", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(MediaSyncFixture.Password, result.AllText(), StringComparison.Ordinal);
    }

    /// <summary>A file that was written is sent once it is quiet, to the media folder and its path from the watched one.</summary>
    [Fact]
    public async Task WrittenFileIsSent()
    {
        await using var fixture = new MediaSyncFixture();
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        Directory.CreateDirectory(fixture.Of("sub folder"));
        for (var part = 0; part < 5; part++)
        {
            await File.AppendAllTextAsync(fixture.Of("photo.jpg"), $"part {part}\n");
        }

        var request = await fixture.Request("photo.jpg");
        Assert.Equal("POST", request.Method);
        Assert.Contains("/-/script/media/master/Images/site/photo.jpg/", request.Target, StringComparison.Ordinal);
        Assert.EndsWith("part 4\n", request.Text, StringComparison.Ordinal);
        Assert.Equal("Basic YWRtaW46cGFzc3dvcmQtb2YtdGhlLXRlc3Rz", request.Header("Authorization"));
        Assert.Single(fixture.Server.Requests);

        fixture.Write("sub folder/b.png");
        Assert.Contains("/Images/site/sub%20folder/b.png/", (await fixture.Request("b.png")).Target, StringComparison.Ordinal);
    }

    /// <summary>A renamed file's item is renamed; paths are arguments of the script and not part of it.</summary>
    [Fact]
    public async Task RenamedFileRenamesItsItem()
    {
        await using var fixture = new MediaSyncFixture();
        fixture.Write("old.jpg");
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        File.Move(fixture.Of("old.jpg"), fixture.Of("it's $(new).jpg"));
        var script = (await fixture.Request("Rename-Item")).Text;
        Assert.Contains("master:/media library/Images/site/old<", script, StringComparison.Ordinal);
        Assert.Contains("it's $(new)<", script, StringComparison.Ordinal);
        Assert.DoesNotContain("$(new)", script.Split("<#")[0], StringComparison.Ordinal);
    }

    /// <summary>An item that is not there cannot be renamed; the file is sent under its new name.</summary>
    [Fact]
    public async Task RenamedFileWithoutAnItemIsSent()
    {
        await using var fixture = new MediaSyncFixture(exchange => exchange.Reply(200, "OK", "missing"));
        fixture.Write("old.jpg");
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        File.Move(fixture.Of("old.jpg"), fixture.Of("new.jpg"));
        Assert.Contains("/Images/site/new.jpg/", (await fixture.Request("/media/")).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletedFileRemovesItsItem()
    {
        await using var fixture = new MediaSyncFixture();
        fixture.Write("sub/gone.jpg");
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        File.Delete(fixture.Of("sub/gone.jpg"));
        Assert.Contains(
            "master:/media library/Images/site/sub/gone<", (await fixture.Request("Remove-Item")).Text, StringComparison.Ordinal);
    }

    /// <summary>Masks fit names and paths from the folder, with either slash; a temporary file that gets its real name is sent.</summary>
    [Fact]
    public async Task MaskedFilesAreLeftAlone()
    {
        await using var fixture = new MediaSyncFixture();
        Directory.CreateDirectory(fixture.Of("drafts"));
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        fixture.Write("photo.tmp");
        fixture.Write("drafts/a.jpg");
        File.Delete(fixture.Of("drafts/a.jpg"));
        File.Move(fixture.Of("photo.tmp"), fixture.Of("photo.jpg"));
        Assert.Contains("/Images/site/photo.jpg/", (await fixture.Request("photo")).Target, StringComparison.Ordinal);
        Assert.Single(fixture.Server.Requests);
    }

    /// <summary>A failure is in the streams of its job with what the server said, and the next change is made all the same.</summary>
    [Theory, BothLanguages]
    public async Task FailureIsVisibleAndEndsNothing(PSLanguageMode mode)
    {
        await using var fixture = new MediaSyncFixture(
            exchange => exchange.Index == 0 ? exchange.Reply(403, "Path is not allowed.") : exchange.Reply(200, "OK"));
        using var shell = fixture.Open(mode);
        shell.Set("fixtureId", $"FileChanged_{fixture.Id}");
        shell.Run("$jobs = Start-MediaSyncWatcher $config").NoErrors();
        fixture.Write("first.jpg");
        await fixture.Request("first.jpg");
        fixture.Write("second.jpg");
        await fixture.Request("second.jpg");

        // Events are processed between two statements of the session, as those of Register-ObjectEvent are.
        var error = shell.Run(
            """
            $changed = $jobs | Where-Object { $_.Name -eq $fixtureId }
            foreach ($try in 1..600) {
                if ($changed.Output.Count -gt 0 -and $changed.Information.Count -gt 1) { break }
                Start-Sleep -Milliseconds 100
            }
            $changed.Output[0]; $changed.Information[1].MessageData.Message
            """).NoErrors().Values;
        var record = Assert.IsType<ErrorRecord>(error[0]);
        Assert.StartsWith("Spe.Remoting.Forbidden", record.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("first.jpg", record.ToString(), StringComparison.Ordinal);
        Assert.Contains("second.jpg", $"{error[1]}", StringComparison.Ordinal);
    }

    /// <summary>Stop takes the subscriptions away and ends the watching, and tells each.</summary>
    [Theory, BothLanguages]
    public async Task StopEndsIt(PSLanguageMode mode)
    {
        await using var fixture = new MediaSyncFixture();
        using var shell = fixture.Open(mode);
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        var result = shell.Run("Stop-MediaSyncWatcher $config").NoErrors();
        Assert.Empty(result.Output);
        Assert.Equal(4, result.Information.Count);
        fixture.Write("late.jpg");
        Assert.Single(shell.Run("Stop-MediaSyncWatcher $config").NoErrors().Warnings);
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        fixture.Write("after.jpg");
        await fixture.Request("after.jpg");
        Assert.DoesNotContain(fixture.Server.Requests, request => request.Target.Contains("late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RemovingTheModuleEndsIt()
    {
        await using var fixture = new MediaSyncFixture();
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config; Remove-Module SPE").NoErrors();
        fixture.Write("late.jpg");
        using var other = fixture.Open();
        other.Run("Start-MediaSyncWatcher $config").NoErrors();
        fixture.Write("after.jpg");
        await fixture.Request("after.jpg");
        Assert.DoesNotContain(fixture.Server.Requests, request => request.Target.Contains("late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FolderIsWatchedOnce()
    {
        await using var fixture = new MediaSyncFixture();
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        Assert.Contains("watched already", shell.Run("Start-MediaSyncWatcher $config").SingleError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>CM-D-36: other credentials than a password work.</summary>
    [Theory]
    [InlineData("<accessToken>the-token</accessToken>", "Bearer the-token")]
    [InlineData("<login>admin</login><sharedSecret>0123456789abcdef0123456789abcdef</sharedSecret>", "Bearer eyJ")]
    public async Task TokensAndSecretsWork(string credentials, string header)
    {
        await using var fixture = new MediaSyncFixture(credentials: credentials);
        using var shell = fixture.Open();
        shell.Run("Start-MediaSyncWatcher $config").NoErrors();
        fixture.Write("a.jpg");
        Assert.StartsWith(header, (await fixture.Request("a.jpg")).Header("Authorization"), StringComparison.Ordinal);
    }

    /// <summary>A configuration that cannot be used names the file, the element and what is missing.</summary>
    [Theory]
    [InlineData("<other/>", "mediaSync")]
    [InlineData("<mediaSync/>", "folder")]
    [InlineData("<mediaSync><folder/></mediaSync>", "path")]
    [InlineData("<mediaSync><folder path='/no/such/folder'/></mediaSync>", "/no/such/folder")]
    [InlineData("<mediaSync><folder path='/tmp'/></mediaSync>", "site")]
    [InlineData("<mediaSync><folder path='/tmp'><site><host>cm</host></site></folder></mediaSync>", "host")]
    [InlineData("<mediaSync><folder path='/tmp'><site><host>http://cm</host><credentials/></site></folder></mediaSync>", "login")]
    [InlineData("<mediaSync><folder path='/tmp'><site><host>http://cm</host><credentials><login>a</login></credentials></site><media><mediaFolder>m</mediaFolder><skippedPaths><mask>a[</mask></skippedPaths></media></folder></mediaSync>", "'a['")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><mediaSync>&x;</mediaSync>", "XML")]
    [InlineData("<mediaSync>", "XML")]
    public async Task BadConfigurationIsNamed(string xml, string expected)
    {
        await using var fixture = new MediaSyncFixture();
        await File.WriteAllTextAsync(fixture.Config, xml);
        using var shell = fixture.Open();
        var error = shell.Run("Start-MediaSyncWatcher $config").TerminatingError();
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("sync.xml", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Start-MediaSyncWatcher /no/such/file.xml")]
    [InlineData("Stop-MediaSyncWatcher /no/such/file.xml")]
    [InlineData("Start-MediaSyncWatcher ''")]
    public void MissingFileIsNamed(string command)
    {
        using var shell = Shell.Open();
        Assert.Contains("Path", shell.Run(command).TerminatingError().FullyQualifiedErrorId + shell.Run(command).Terminating, StringComparison.Ordinal);
    }
}
