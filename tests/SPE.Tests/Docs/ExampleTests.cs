using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Surface;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>
/// The issue: the examples of every page run, and every command works for a caller in ConstrainedLanguage. Those of the transfers have tests
/// of their own, which look at their files.
/// </summary>
public sealed class ExampleTests
{
    /// <summary>A static call, which no caller in ConstrainedLanguage may make.</summary>
    private const string StaticCall = "]::";

    public static TheoryData<string, PSLanguageMode> Commands => Both(
        StockSurface.Commands.Keys.Where(name => !name.EndsWith("RemoteItem", StringComparison.Ordinal)));

    public static TheoryData<string, PSLanguageMode> Topics => Both(AboutPage.All.Where(topic => new AboutPage(topic).Examples.Any()));

    [Theory, MemberData(nameof(Commands))]
    public async Task ExamplesOfThePageRun(string name, PSLanguageMode mode)
    {
        await using var stage = new ExampleStage(mode);
        if (name == "Stop-MediaSyncWatcher")
        {
            stage.Run("sync.xml is watched", "Start-MediaSyncWatcher ./sync.xml");
        }

        var examples = new CommandPage(name).Examples.ToArray();
        Assert.NotEmpty(examples);
        foreach (var (title, code) in examples.Where(example => IsPossible(example.Code, mode)))
        {
            stage.Run(title, code);
        }
    }

    [Theory, MemberData(nameof(Topics))]
    public async Task ExamplesOfTheTopicRun(string topic, PSLanguageMode mode)
    {
        await using var stage = new ExampleStage(mode);
        foreach (var code in new AboutPage(topic).Examples.Where(code => IsPossible(code, mode)))
        {
            stage.Run(topic, code);
        }
    }

    private static bool IsPossible(string code, PSLanguageMode mode) =>
        mode == PSLanguageMode.FullLanguage || !code.Contains(StaticCall, StringComparison.Ordinal);

    private static TheoryData<string, PSLanguageMode> Both(IEnumerable<string> names)
    {
        var data = new TheoryData<string, PSLanguageMode>();
        foreach (var name in names)
        {
            data.Add(name, PSLanguageMode.FullLanguage);
            data.Add(name, PSLanguageMode.ConstrainedLanguage);
        }

        return data;
    }
}
