using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>The issue: every numbered defect of client-module.md 26 has a test that cites it.</summary>
public sealed partial class DefectTests
{
    private const int Last = 42;

    /// <summary>What tests say of themselves: xunit tests, and those of the engine in Rust.</summary>
    private static readonly string[] Folders = ["tests", "rust/client/tests", "rust/ffi/tests", "rust/auth/tests"];

    [Fact]
    public void EveryDefectIsCited()
    {
        var cited = Folders.Select(folder => Repository.File(folder.Split('/')))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => file.EndsWith(".cs", System.StringComparison.Ordinal) || file.EndsWith(".rs", System.StringComparison.Ordinal))
            .SelectMany(file => Citations().Matches(File.ReadAllText(file)))
            .Select(match => int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture))
            .ToHashSet();
        Assert.Superset(Enumerable.Range(1, Last).ToHashSet(), cited);
    }

    [GeneratedRegex("CM-D-([0-9]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex Citations();
}
