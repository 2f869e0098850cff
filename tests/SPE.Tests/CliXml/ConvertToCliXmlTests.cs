using System;
using System.Linq;
using System.Management.Automation;
using System.Xml.Linq;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.CliXml;

/// <summary>client-module.md 20, writing.</summary>
public sealed class ConvertToCliXmlTests
{
    private static readonly XNamespace Namespace = "http://schemas.microsoft.com/powershell/2004/04";

    /// <summary>One document without declaration and indentation, whose every top-level object is one of the inputs.</summary>
    [Theory, BothLanguages]
    public void InputsAreTopLevelObjectsOfOneDocument(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        var text = (string)shell.Run("1, 'two', $true | ConvertTo-CliXml").Value;
        Assert.Equal(
            "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><I32>1</I32><S>two</S><B>true</B></Objs>",
            text);
    }

    /// <summary>CM-D-35: an array of several objects as an argument is several objects.</summary>
    [Fact]
    public void AnArrayAsArgumentIsSeveralObjects()
    {
        using var shell = Shell.Open();
        var document = XElement.Parse((string)shell.Run("ConvertTo-CliXml -InputObject 1, 2, 3").Value);
        Assert.Equal(["1", "2", "3"], document.Elements().Select(element => element.Value));
    }

    /// <summary>References are counted on from object to object: no number stands for two things.</summary>
    [Fact]
    public void NumbersOfObjectsAndTypesStandForOneThing()
    {
        using var shell = Shell.Open();
        var text = (string)shell.Run(
            "@{ a = @{ b = 1 } }, @{ c = @(1, 2) }, @{ d = @{ e = @(3) } } | ConvertTo-CliXml").Value;
        var document = XElement.Parse(text);
        var objects = document.Descendants(Namespace + "Obj").Select(element => (string?)element.Attribute("RefId")).ToArray();
        var types = document.Descendants(Namespace + "TN").Select(element => (string?)element.Attribute("RefId")).ToArray();
        Assert.True(objects.Length > 3);
        Assert.Equal(objects.Length, objects.Distinct().Count());
        Assert.Equal(types.Length, types.Distinct().Count());
    }

    /// <summary>A value that looks like markup or holds references stays a value.</summary>
    [Fact]
    public void ValuesAreNotTakenForReferences()
    {
        using var shell = Shell.Open();
        shell.Set("text", "<Obj RefId=\"0\"> </Objs>\r\n  <TN RefId=\"0\">");
        var values = shell.Run(
            "$all = @($text, @{ $text = $text }, $text | ConvertTo-CliXml | ConvertFrom-CliXml); $all[0]; $all[1][$text]; $all[2]").NoErrors().Values;
        Assert.All(values, value => Assert.Equal(shell.Get("text"), value));
        Assert.Equal(3, values.Count);
    }

    /// <summary>Depth 2 unless said otherwise, as the serialisers of all peers have it.</summary>
    [Theory]
    [InlineData("", "System.Collections.Hashtable")]
    [InlineData("-Depth 3", "deep")]
    public void DepthIsTwoUnlessGiven(string depth, string expected)
    {
        using var shell = Shell.Open();
        shell.Set("item", Nested(4));
        var value = shell.Run($"($item | ConvertTo-CliXml {depth} | ConvertFrom-CliXml).inner.inner.inner").OneObject();
        Assert.Contains(expected == "deep" ? "inner" : "@{inner", expected == "deep" ? value.Properties.First().Name : $"{value}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("101")]
    public void DepthHasARange(string depth)
    {
        using var shell = Shell.Open();
        var error = shell.Run($"ConvertTo-CliXml 1 -Depth {depth}").TerminatingError();
        Assert.Contains("Depth", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConvertTo-CliXml $null")]
    [InlineData("ConvertTo-CliXml @()")]
    [InlineData("ConvertFrom-CliXml $null")]
    [InlineData("ConvertFrom-CliXml ''")]
    public void NothingIsRefusedByName(string command)
    {
        using var shell = Shell.Open();
        Assert.Contains("InputObject", shell.Run(command).TerminatingError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>A failing object is a warning and does not cost the others.</summary>
    [Fact]
    public void AnObjectThatCannotBeWrittenIsAWarning()
    {
        using var shell = Shell.Open();
        shell.Set("bad", new PSObject(new Unwritable()));
        var result = shell.Run("1, $bad, 2 | ConvertTo-CliXml | ConvertFrom-CliXml");
        Assert.Equal([1, 2], result.NoErrors().Values);
        Assert.Contains(nameof(Unwritable), Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    private static PSObject Nested(int levels)
    {
        var item = new PSObject();
        item.Properties.Add(new PSNoteProperty("inner", levels == 0 ? "end" : Nested(levels - 1)));
        return item;
    }

    /// <summary>Its enumeration, which the serialiser makes, fails.</summary>
    private sealed class Unwritable : System.Collections.IEnumerable
    {
        public System.Collections.IEnumerator GetEnumerator() => throw new PipelineClosedException("no more");
    }
}
