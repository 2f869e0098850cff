using System;
using System.IO;
using Xunit;

namespace SPE.Essentials.Tests.Management;

public sealed class ContentTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("Get-Content f", "a b c")]
    [InlineData("gc f -TotalCount 2", "a b")]
    [InlineData("Get-Content f -First 1", "a")]
    [InlineData("Get-Content f -Tail 2", "b c")]
    [InlineData("(Get-Content f -Raw).Length", "6")]
    [InlineData("(Get-Content f -ReadCount 2)[0].Count", "2")]
    [InlineData("(Get-Content f -AsByteStream -TotalCount 1)", "97")]
    [InlineData("(Get-Content f | Measure-Object).Count", "3")]
    [InlineData("'x' > g; Get-Content f, g", "a b c x")]
    public void FilesAreRead(string text, string expected)
    {
        File.WriteAllText(Path.Combine(_script.Folder, "f"), "a\nb\nc\n");
        Assert.Equal(expected, _script.Text(text));
    }

    [Theory]
    [InlineData("Set-Content f 'a', 'b'; Get-Content f", "a b")]
    [InlineData("'a', 'b' | Set-Content f; Get-Content f", "a b")]
    [InlineData("Set-Content f long; Set-Content f b; Get-Content f", "b")]
    [InlineData("Set-Content f a -NoNewline; (Get-Item f).Length", "1")]
    [InlineData("Set-Content f a -NoNewline -Encoding utf8BOM; (Get-Item f).Length", "4")]
    [InlineData("Set-Content f a -PassThru", "a")]
    [InlineData("Set-Content f a -WhatIf; Test-Path f", "False")]
    [InlineData("Set-Content f $null; (Get-Item f).Length", "0")]
    [InlineData("Set-Content variable:x 5; $x", "5")]
    public void ContentIsReplaced(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Fact]
    public void AFileThatIsMissingIsAnError() => Assert.Equal(
        "PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand",
        _script.Error("Get-Content nope -Raw").FullyQualifiedErrorId);

    [Fact]
    public void TextKeepsItsCharacters() =>
        Assert.Equal("gr\u00fcn \u2713", _script.Text("Set-Content f \"gr\u00fcn \u2713\"; Get-Content f"));

    public void Dispose() => _script.Dispose();
}
