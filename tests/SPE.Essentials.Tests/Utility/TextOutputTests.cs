using System;
using System.IO;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class TextOutputTests : IDisposable
{
    private readonly Script _script = new();

    private string Read(string name) => File.ReadAllText(Path.Combine(_script.Folder, name)).ReplaceLineEndings("\n");

    [Theory]
    [InlineData("1, 'a' | Out-String", "1\na\n")]
    [InlineData("1, 'a' | Out-String -NoNewline", "1a")]
    public void StringsEndTheirLines(string text, string expected) =>
        Assert.Equal(expected, ((string)_script.One(text)!).ReplaceLineEndings("\n"));

    [Fact]
    public void AStreamOfLinesComesLineByLine() =>
        Assert.Equal("<1> <a>", _script.Text("1, 'a' | Out-String -Stream | ForEach-Object { \"<$_>\" }"));

    [Fact]
    public void AnObjectIsShownAsTheTerminalShowsIt() => Assert.Equal(
        "\nab cd\n-- --\n 1 x\n\n",
        ((string)_script.One("New-Object psobject | Add-Member ab 1 -PassThru | Add-Member cd x -PassThru | Out-String")!)
            .ReplaceLineEndings("\n"));

    [Fact]
    public void WidthIsObeyed() => Assert.Equal(
        "20",
        _script.Text(
            "$lines = New-Object psobject -Property @{ a = 'x' * 50 } | Out-String -Width 20 -Stream;" +
            "($lines | Measure-Object Length -Maximum).Maximum"));

    [Fact]
    public void RedirectionWritesAFile()
    {
        _script.Run("'a', 1 > out.txt");
        Assert.Equal("a\n1\n", Read("out.txt"));
    }

    [Fact]
    public void RedirectionAddsToAFile()
    {
        _script.Run("'a' > out.txt; 'b' >> out.txt; 'c' > other.txt");
        Assert.Equal("a\nb\n", Read("out.txt"));
    }

    [Fact]
    public void OtherStreamsCanBeRedirected()
    {
        _script.Run("Write-Warning w 3> warn.txt; Write-Error e 2> err.txt; & { 'o'; Write-Warning x } *> all.txt");
        Assert.Equal("w\n", Read("warn.txt"));
        Assert.Contains("e", Read("err.txt"), StringComparison.Ordinal);
        Assert.Equal("o\nx\n", Read("all.txt"));
    }

    [Fact]
    public void NothingStillMakesAFile()
    {
        _script.Run("$null > out.txt");
        Assert.Equal(string.Empty, Read("out.txt"));
    }

    [Fact]
    public void OutFileWritesWithoutAByteOrderMark()
    {
        _script.Run("'gr\u00fcn' | Out-File out.txt -NoNewline");
        Assert.Equal([0x67, 0x72, 0xc3, 0xbc, 0x6e], File.ReadAllBytes(Path.Combine(_script.Folder, "out.txt")));
    }

    [Theory]
    [InlineData("utf8BOM", new byte[] { 0xef, 0xbb, 0xbf, 0x61 })]
    [InlineData("unicode", new byte[] { 0xff, 0xfe, 0x61, 0x00 })]
    [InlineData("ascii", new byte[] { 0x61 })]
    public void OutFileWritesTheEncodingAsked(string encoding, byte[] expected)
    {
        _script.Run($"'a' | Out-File out.txt -Encoding {encoding} -NoNewline");
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(_script.Folder, "out.txt")));
    }

    [Fact]
    public void OutFileSparesAFileWhenTold()
    {
        var error = _script.Error("'a' > out.txt; 'b' | Out-File out.txt -NoClobber");
        Assert.Equal("NoClobber,Microsoft.PowerShell.Commands.OutFileCommand", error.FullyQualifiedErrorId);
        Assert.Equal("a\n", Read("out.txt"));
    }

    [Fact]
    public void OutFileWritesNothingUnderWhatIf()
    {
        _script.Run("'a' | Out-File out.txt -WhatIf");
        Assert.False(File.Exists(Path.Combine(_script.Folder, "out.txt")));
    }

    [Fact]
    public void AFolderThatIsMissingIsAnError() => Assert.Equal(
        "FileOpenFailure,Microsoft.PowerShell.Commands.OutFileCommand",
        _script.Error("'a' > missing/out.txt").FullyQualifiedErrorId);

    public void Dispose() => _script.Dispose();
}
