using System;
using System.IO;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>
/// The about topics of the module are what docs/about says, as plain text. With SPE_WRITE_DOCS=1 in the environment they are written anew.
/// </summary>
public sealed class AboutTopicTests
{
    private const int Widest = 120;

    public static TheoryData<string> Topics => [.. AboutPage.All];

    [Fact]
    public void TheTopicsOfTheIssueAreThere() => Assert.Equal(
        ["about_SPE", "about_SPE_Authentication", "about_SPE_Errors", "about_SPE_Migration", "about_SPE_Waiting"],
        AboutPage.All);

    [Theory, MemberData(nameof(Topics))]
    public void TopicIsWhatThePageSays(string topic)
    {
        var text = new AboutPage(topic).ToString();
        var file = Repository.File("Modules", "SPE", "en-US", topic + ".help.txt");
        if (Environment.GetEnvironmentVariable("SPE_WRITE_DOCS") is { Length: > 0 })
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"{file} is not current: run these tests with SPE_WRITE_DOCS=1");
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= Widest, line));
    }

    [Theory, MemberData(nameof(Topics))]
    public void GetHelpFindsIt(string topic)
    {
        using var shell = Shell.Open();
        shell.Set("topic", topic);
        var help = shell.Run("Get-Help $topic | ForEach-Object { \"$_\" }").NoErrors();
        Assert.Contains("SHORT DESCRIPTION", string.Join('\n', help.Values), StringComparison.Ordinal);
    }

    /// <summary>decisions.md, errors: the first line of the migration page.</summary>
    [Fact]
    public void MigrationBeginsWithPreferences()
    {
        var page = File.ReadAllText(Repository.File("docs", "about", "about_SPE_Migration.md"));
        var first = page.Split("## SHORT DESCRIPTION")[1].TrimStart();
        Assert.StartsWith("The caller's preference variables are honoured", first, StringComparison.Ordinal);
    }
}
