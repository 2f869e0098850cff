using System;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.CliXml;

/// <summary>client-module.md 20, reading.</summary>
public sealed class ConvertFromCliXmlTests
{
    private const string Start = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";

    /// <summary>What goes through both commands comes back as what it was.</summary>
    [Theory, BothLanguages]
    public void ValuesComeBack(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        var result = shell.Run(
            "1, 'a  b', '   ', 1.5, [datetime]'2026-11-25', $true, [char]'x', [guid]'00000000-0000-0000-0000-000000000001', 12d | "
            + "ConvertTo-CliXml | ConvertFrom-CliXml").NoErrors();
        Assert.Equal(
            [1, "a  b", "   ", 1.5, new DateTime(2026, 11, 25), true, 'x', new Guid("00000000-0000-0000-0000-000000000001"), 12m],
            result.Values);
    }

    /// <summary>All inputs are one document, wherever it is cut.</summary>
    [Theory]
    [InlineData("$text.Substring(0, 40), $text.Substring(40) | ConvertFrom-CliXml")]
    [InlineData("ConvertFrom-CliXml -InputObject $text")]
    [InlineData("ConvertFrom-CliXml ($text -replace '><', \">`n<\" -split \"`n\")")]
    public void InputsAreOneDocument(string command)
    {
        using var shell = Shell.Open();
        shell.Set("text", Start + "<S>first</S><I32>2</I32></Objs>");
        Assert.Equal(["first", 2], shell.Run(command).NoErrors().Values);
    }

    /// <summary>One level of lists is enumerated, and a nil is a null.</summary>
    [Fact]
    public void OneLevelIsEnumerated()
    {
        using var shell = Shell.Open();
        shell.Set("text", Start + "<Obj RefId=\"0\"><LST><I32>1</I32><Nil /><Obj RefId=\"1\"><LST><I32>2</I32><I32>3</I32></LST></Obj></LST></Obj></Objs>");
        var counts = shell.Run("$all = @(ConvertFrom-CliXml $text); $all.Count; $null -eq $all[1]; $all[2].Count").NoErrors().Values;
        Assert.Equal([3, true, 2], counts);
    }

    /// <summary>Types that are not here get the prefix.</summary>
    [Fact]
    public void UnknownTypesAreDeserialized()
    {
        using var shell = Shell.Open();
        shell.Set("text", Start + "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Sitecore.Data.Items.Item</T><T>System.Object</T></TN><MS><S N=\"Name\">Home</S></MS></Obj></Objs>");
        var item = shell.Run("ConvertFrom-CliXml $text").OneObject();
        Assert.Equal("Deserialized.Sitecore.Data.Items.Item", item.TypeNames[0]);
        Assert.Equal("Home", item.Properties["Name"].Value);
    }

    /// <summary>The 8.x reader took document types (25.1); ours never reads or expands anything of one.</summary>
    [Theory]
    [InlineData("<!DOCTYPE Objs [<!ENTITY x \"expanded\">]>", "<S>&x;</S>")]
    [InlineData("<!DOCTYPE Objs [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>", "<S>&x;</S>")]
    [InlineData("<!DOCTYPE Objs SYSTEM \"http://127.0.0.1:1/x.dtd\">", "<S>a</S>")]
    public void DocumentTypesAreRefused(string type, string content)
    {
        using var shell = Shell.Open();
        shell.Set("text", type + Start + content + "</Objs>");
        var result = shell.Run("ConvertFrom-CliXml $text");
        Assert.Empty(result.Output);
        Assert.StartsWith("Spe.Remoting.InvalidCliXml,", result.SingleError().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    /// <summary>CM-D-35: reading ends at the first error of the markup, with one error.</summary>
    [Theory]
    [InlineData("<Objs><S>cut")]
    [InlineData("not xml")]
    [InlineData("<Objs></Objs><Objs></Objs>")]
    [InlineData("<html><body>login</body></html>")]
    [InlineData("<Objs><S>&#x0;</S></Objs>")]
    public void MalformedTextIsOneError(string text)
    {
        using var shell = Shell.Open();
        shell.Set("text", text);
        var result = shell.Run("ConvertFrom-CliXml $text");
        var error = result.SingleError();
        Assert.Empty(result.Output);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Contains("InputObject", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Nesting that would end the process is an error.</summary>
    [Fact]
    public void NestingWithoutEndIsRefused()
    {
        using var shell = Shell.Open();
        var open = string.Concat(Enumerable.Repeat("<Obj RefId=\"0\"><LST>", 50_000));
        var close = string.Concat(Enumerable.Repeat("</LST></Obj>", 50_000));
        shell.Set("text", Start + open + close + "</Objs>");
        shell.Run("ConvertFrom-CliXml $text").SingleError();
    }

    /// <summary>A bad object is a warning that names it; the others come, and what refers to an earlier one still does.</summary>
    [Fact]
    public void ABadObjectIsAWarning()
    {
        using var shell = Shell.Open();
        shell.Set(
            "text",
            Start + "<Obj RefId=\"0\"><TN RefId=\"0\"><T>A.B</T></TN><MS><S N=\"x\">  </S></MS></Obj>\n<I32>no number</I32>\n"
            + "<Obj RefId=\"1\"><TNRef RefId=\"0\" /><MS><S N=\"x\">two</S></MS></Obj></Objs>");
        var result = shell.Run("ConvertFrom-CliXml $text");
        Assert.Contains("Object 2 ", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(["  ", "two"], result.NoErrors().Output.Select(item => item!.Properties["x"].Value));
        Assert.All(result.Output, item => Assert.Equal("Deserialized.A.B", item!.TypeNames[0]));
    }

    /// <summary>decisions.md, CliXml pair: loading the module that has such commands in 7.5 does not put them in the place of ours.</summary>
    [Fact]
    public void TheNamesStayOurs()
    {
        using var shell = Shell.Open();
        var sources = shell.Run(
            "Write-Output 1 | Out-Null; Get-Command ConvertTo-CliXml, ConvertFrom-CliXml | ForEach-Object { $_.Source }").NoErrors().Values;
        Assert.Equal(["SPE", "SPE"], sources);
    }
}
