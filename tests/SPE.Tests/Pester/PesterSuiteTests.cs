using System;
using System.IO;
using System.Linq;
using System.Management.Automation.Language;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Pester;

/// <summary>The issue: tests/pester runs against a user's server. Here it runs, over a shim of Pester, against our own.</summary>
public sealed class PesterSuiteTests(TestServer server) : IClassFixture<TestServer>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spe-pester-");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Repository.File("tests", "pester"), "*.Tests.ps1").Select(file => Path.GetFileName(file)!).Order()];

    [Theory, MemberData(nameof(Files))]
    public void FileHolds(string file)
    {
        using var shell = Shell.Open(server);
        shell.Set("shim", Repository.File("tests", "SPE.Tests", "Pester", "PesterShim.ps1"));
        shell.Set("file", CopyWithOwnSession(file));
        var result = shell.Run(". $shim; . $file; if ($fixtures.After) { . $fixtures.Before; . $fixtures.After }").NoErrors();
        var lines = result.Values.Select(value => $"{value}").ToArray();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
    }

    /// <summary>The file beside a Session.ps1 that takes the test's own server; the environment belongs to the whole process.</summary>
    private string CopyWithOwnSession(string file)
    {
        var copy = Path.Combine(_folder.FullName, file);
        File.Copy(Repository.File("tests", "pester", file), copy, overwrite: true);
        File.WriteAllText(
            Path.Combine(_folder.FullName, "Session.ps1"),
            "function New-TestSession([uri] $Uri = $uri) { New-ScriptSession -ConnectionUri $Uri -Username $user -SharedSecret $secret }");
        return copy;
    }

    /// <summary>The control: the shim can fail.</summary>
    [Fact]
    public void ShimTellsFailures()
    {
        using var shell = Shell.Open();
        shell.Set("shim", Repository.File("tests", "SPE.Tests", "Pester", "PesterShim.ps1"));
        var lines = shell.Run(
            ". $shim; Describe 'd' { It 'a' { 1 | Should -Be 2 }; It 'b' { { 1 } | Should -Throw }; It 'c' { 1 | Should -Not -Be 1 }; It 'd' { throw 'x' } }").NoErrors();
        Assert.Equal(4, lines.Values.Count(line => $"{line}".StartsWith("failed", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Files))]
    public void FileParses(string file)
    {
        Parser.ParseFile(Repository.File("tests", "pester", file), out _, out var errors);
        Assert.Empty(errors);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
