using System;
using Xunit;

namespace SPE.Essentials.Tests.Management;

public sealed class PathTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("Join-Path a b", "a/b")]
    [InlineData("Join-Path a/ /b", "a/b")]
    [InlineData("Join-Path a b c d", "a/b/c/d")]
    [InlineData("'a', 'b' | Join-Path -ChildPath c", "a/c b/c")]
    [InlineData("Split-Path /a/b/c.txt", "/a/b")]
    [InlineData("Split-Path /a/b/c.txt -Parent", "/a/b")]
    [InlineData("Split-Path /a/b/c.txt -Leaf", "c.txt")]
    [InlineData("Split-Path /a/b/c.txt -LeafBase", "c")]
    [InlineData("Split-Path /a/b/c.txt -Extension", ".txt")]
    [InlineData("Split-Path env:HOME -Qualifier", "env:")]
    [InlineData("Split-Path env:HOME -NoQualifier", "HOME")]
    [InlineData("Split-Path a/b -IsAbsolute", "False")]
    public void PathsAreJoinedAndSplit(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Theory]
    [InlineData("'a' > f; Test-Path f", "True")]
    [InlineData("Test-Path f", "False")]
    [InlineData("'a' > f1; Test-Path f*", "True")]
    [InlineData("'a' > f1; Test-Path -LiteralPath f*", "False")]
    [InlineData("'a' > f; Test-Path f -PathType Leaf", "True")]
    [InlineData("'a' > f; Test-Path f -PathType Container", "False")]
    [InlineData("Test-Path . -Type Container", "True")]
    [InlineData("Test-Path variable:PSVersionTable", "True")]
    [InlineData("Test-Path nodrive:/a", "False")]
    [InlineData("Test-Path ''", "False")]
    public void PathsAreTested(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Fact]
    public void NoPathAtAllIsAnError() => Assert.Equal(
        "NullPathNotPermitted,Microsoft.PowerShell.Commands.TestPathCommand",
        _script.Error("Test-Path $null").FullyQualifiedErrorId);

    public void Dispose() => _script.Dispose();
}
