using System;
using System.IO;
using Xunit;

namespace SPE.Essentials.Tests.Management;

public sealed class ItemTests : IDisposable
{
    private readonly Script _script = new();

    public ItemTests()
    {
        Directory.CreateDirectory(Path.Combine(_script.Folder, "sub", "deep"));
        foreach (var name in new[] { "a.txt", "b.log", "sub/c.txt", "sub/deep/d.txt" })
        {
            File.WriteAllText(Path.Combine(_script.Folder, name), "12345");
        }
    }

    [Theory]
    [InlineData("(Get-Item a.txt).Length", "5")]
    [InlineData("(Get-Item *.txt).Name", "a.txt")]
    [InlineData("(Get-Item sub).PSIsContainer", "True")]
    [InlineData("(Get-Item variable:PSVersionTable).Name", "PSVersionTable")]
    [InlineData("$env:SPE_ESSENTIALS_TEST = 'v'; (Get-Item env:SPE_ESSENTIALS_TEST).Value", "v")]
    public void ItemsAreFound(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Theory]
    [InlineData("(Get-ChildItem).Name", "sub a.txt b.log")]
    [InlineData("(Get-ChildItem -File).Name", "a.txt b.log")]
    [InlineData("(Get-ChildItem -Directory).Name", "sub")]
    [InlineData("(Get-ChildItem -Filter *.txt).Name", "a.txt")]
    [InlineData("(Get-ChildItem . *.log).Name", "b.log")]
    [InlineData("(Get-ChildItem *.log).Name", "b.log")]
    [InlineData("(Get-ChildItem -Recurse -File -Filter *.txt).Name", "a.txt c.txt d.txt")]
    [InlineData("(Get-ChildItem -Recurse -Include *.log).Name", "b.log")]
    [InlineData("(Get-ChildItem -Recurse -File -Exclude *.txt).Name", "b.log")]
    [InlineData("(Get-ChildItem -Depth 1 -File).Name", "a.txt b.log c.txt")]
    [InlineData("Get-ChildItem -Name", "sub a.txt b.log")]
    [InlineData("(dir sub).Name", "deep c.txt")]
    [InlineData("(Get-ChildItem -LiteralPath sub).Name", "deep c.txt")]
    public void ChildrenAreListed(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Theory]
    [InlineData("Get-Item nope", "GetItemCommand")]
    [InlineData("Get-ChildItem nope", "GetChildItemCommand")]
    public void WhatIsMissingIsAnError(string text, string command) => Assert.Equal(
        $"PathNotFound,Microsoft.PowerShell.Commands.{command}",
        _script.Error(text).FullyQualifiedErrorId);

    [Fact]
    public void TheNextPathHasItsTurnAfterAMissingOne() =>
        Assert.Equal("a.txt", _script.Text("(Get-Item nope, a.txt -ErrorAction SilentlyContinue).Name"));

    public void Dispose() => _script.Dispose();
}
