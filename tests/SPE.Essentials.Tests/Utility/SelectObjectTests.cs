using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class SelectObjectTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("1..9 | Select-Object -First 2", "1 2")]
    [InlineData("1..9 | Select-Object -Last 2", "8 9")]
    [InlineData("1..9 | Select-Object -Skip 7", "8 9")]
    [InlineData("1..9 | Select-Object -Skip 1 -First 2", "2 3")]
    [InlineData("1..9 | Select-Object -Skip 1 -Last 2", "7 8")]
    [InlineData("1..9 | Select-Object -First 1 -Last 1", "1 9")]
    [InlineData("1..9 | Select-Object -SkipLast 7", "1 2")]
    [InlineData("1..9 | Select-Object -Index 0, 4", "1 5")]
    [InlineData("1..4 | Select-Object -SkipIndex 1, 2", "1 4")]
    [InlineData("1..9 | select -First 0", "")]
    public void ObjectsArePickedByTheirPlace(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Fact]
    public void FirstStopsTheCommandsBefore() =>
        Assert.Equal("2", _script.Text("$n = 0; $null = 1..9 | ForEach-Object { $n++; $_ } | Select-Object -First 2; $n"));

    [Fact]
    public void PropertiesMakeANewObjectInTheOrderAsked()
    {
        var result = Assert.Single(_script.Run("'abc' | Select-Object Length, Missing"))!;
        Assert.Equal(["Length", "Missing"], result.Properties.Select(property => property.Name));
        Assert.Equal(3, result.Properties["Length"].Value);
        Assert.Null(result.Properties["Missing"].Value);
        Assert.Equal("Selected.System.String", result.TypeNames[0]);
    }

    [Theory]
    [InlineData("@{ Name = 'N'; Expression = { $_ * 2 } }")]
    [InlineData("@{ n = 'N'; e = { $_ * 2 } }")]
    [InlineData("@{ Label = 'N'; Expression = { $_ * 2 } }")]
    public void APropertyCanBeCalculated(string property) =>
        Assert.Equal("2 4", _script.Text($"(1, 2 | Select-Object {property}).N"));

    [Fact]
    public void ExcludedPropertiesAreLeftOut() =>
        Assert.Equal(
            "b",
            _script.Text(
                "$o = New-Object psobject -Property @{ a = 1; b = 2 };" +
                "($o | Select-Object * -ExcludeProperty a).PSObject.Properties.Name"));

    [Fact]
    public void ExpandPropertyGivesItsValuesOneByOne() =>
        Assert.Equal("1 2", _script.Text("New-Object psobject -Property @{ a = 1, 2 } | Select-Object -ExpandProperty a"));

    [Fact]
    public void ExpandPropertyOfWhatIsMissingIsAnError()
    {
        var error = _script.Error("'abc' | Select-Object -ExpandProperty Missing");
        Assert.Equal("ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand", error.FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("1, 1, 2, 1 | Select-Object -Unique", "1 2")]
    [InlineData("(@{ a = 1 }, @{ a = 1 } | ForEach-Object { New-Object psobject -Property $_ } | Select-Object a -Unique).a", "1")]
    public void UniqueObjectsComeOnce(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    public void Dispose() => _script.Dispose();
}
