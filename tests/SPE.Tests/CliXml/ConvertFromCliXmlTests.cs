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

    /// <summary>Types and values that a text form easily loses, as members of one object.</summary>
    [Theory]
    [InlineData("[byte]255")]
    [InlineData("[sbyte]-128")]
    [InlineData("[long]::MinValue")]
    [InlineData("[uint64]::MaxValue")]
    [InlineData("[single]1.5")]
    [InlineData("[double]::PositiveInfinity")]
    [InlineData("[decimal]::MaxValue")]
    [InlineData("[timespan]'-1.02:03:04.5'")]
    [InlineData("[version]'1.2.3.4'")]
    [InlineData("[uri]'https://a.test/b?c=d#e'")]
    [InlineData("[datetime]::new(638000000000000001, 'Utc')")]
    [InlineData("\"tab`t line`r`nnul`0 <a b='c'>&amp; _x000A_ \"")]
    [InlineData("\"high $([char]0xD83D)$([char]0xDE00), half $([char]0xD83D)\"")]
    [InlineData("''")]
    public void MembersComeBack(string value)
    {
        using var shell = Shell.Open();
        var result = shell.Run(
            $"$value = {value}; $back = [pscustomobject]@{{ member = $value }} | ConvertTo-CliXml | ConvertFrom-CliXml; $value; $back.member");
        Assert.Equal(2, result.NoErrors().Values.Count);
        Assert.Equal(result.Values[0], result.Values[1]);
        Assert.Equal(result.Values[0]!.GetType(), result.Values[1]!.GetType());
    }

    /// <summary>Lists and tables inside of an object keep their kind, their nulls and their counts.</summary>
    [Fact]
    public void CollectionsComeBack()
    {
        using var shell = Shell.Open();
        var values = shell.Run(
            """
            $in = [pscustomobject]@{ one = @(1); none = @(); nulls = $null, $null; bytes = [byte[]](1, 2); table = @{ a = 1, 2 }; day = [DayOfWeek]'Friday' }
            $back = $in | ConvertTo-CliXml | ConvertFrom-CliXml
            $back.one.Count; $back.none.Count; $back.nulls.Count; $back.bytes.GetType().Name; $back.table.a.Count; $back.day.ToString()
            """).NoErrors().Values;
        Assert.Equal([1, 0, 2, "Byte[]", 2, "Friday"], values);
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

    /// <summary>However long the document is, only the bad objects are left out; each warning has the number of its own.</summary>
    [Fact]
    public void BadObjectsOfALongDocumentAreLeftOut()
    {
        using var shell = Shell.Open();
        int[] bad = [0, 1, 377, 999];
        shell.Set("text", Numbers(1000, bad));
        var result = shell.Run("ConvertFrom-CliXml $text").NoErrors();
        Assert.Equal(bad.Select(index => $"Object {index + 1} "), result.Warnings.Select(text => text[..(text.IndexOf("is left", StringComparison.Ordinal))]));
        Assert.Equal(Enumerable.Range(0, 1000).Except(bad).Cast<object>(), result.Values);
    }

    /// <summary>A document of nothing but bad objects is one error in the end, not a search without end.</summary>
    [Fact]
    public void TooManyBadObjectsAreAnError()
    {
        using var shell = Shell.Open();
        shell.Set("text", Numbers(500, [.. Enumerable.Range(0, 500)]));
        var result = shell.Run("ConvertFrom-CliXml $text -WarningAction SilentlyContinue");
        Assert.Contains("More than 100", result.SingleError().ToString(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    /// <summary>CM-D-35: input that never ends is refused at the bound. The same text comes again and again, so memory stays small.</summary>
    [Fact]
    public void InputWithoutEndIsRefused()
    {
        using var shell = Shell.Open();
        var result = shell.Run("$part = 'x' * 1000000; & { while ($true) { $part } } | ConvertFrom-CliXml; 'not reached'");
        Assert.Contains("more than 100000000 characters", result.TerminatingError().ToString(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    /// <summary>
    /// A document in the form of Export-Clixml of stock PowerShell: indented, with a declaration, types named once and referred to, an
    /// object that occurs twice, and one that holds itself.
    /// </summary>
    [Fact]
    public void DocumentsOfStockPowerShellAreRead()
    {
        using var shell = Shell.Open();
        shell.Set(
            "text",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + Start + """

              <Obj RefId="0">
                <TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN>
                <MS>
                  <S N="Name">first_x000A_line</S>
                  <Obj N="Self" RefId="1">
                    <TN RefId="1"><T>System.Collections.Hashtable</T><T>System.Object</T></TN>
                    <DCT><En><S N="Key">me</S><Ref N="Value" RefId="1" /></En></DCT>
                  </Obj>
                  <Ref N="Again" RefId="1" />
                </MS>
              </Obj>
              <Obj RefId="2"><TNRef RefId="0" /><MS><S N="Name">second</S><Nil N="Self" /></MS></Obj>
            </Objs>
            """);
        var result = shell.Run(
            "$all = @(ConvertFrom-CliXml $text); $all.Name; $self = $all[0].Self; [object]::ReferenceEquals($self, $self['me']); "
            + "[object]::ReferenceEquals($self, $all[0].Again); $null -eq $all[1].Self").NoErrors();
        Assert.Equal(["first\nline", "second", true, true, true], result.Values);
        Assert.Equal("Deserialized.System.Management.Automation.PSCustomObject", shell.Run("$all[1].PSTypeNames[0]").Value);
    }

    /// <summary>Objects that hold themselves go through both commands, several of them in one document.</summary>
    [Fact]
    public void ObjectsThatHoldThemselvesComeBack()
    {
        using var shell = Shell.Open();
        var result = shell.Run(
            """
            $ring = @{ n = 1 }; $ring.self = $ring
            $back = @($ring, 'between', $ring | ConvertTo-CliXml -Depth 4 | ConvertFrom-CliXml)
            $back.Count; $back[0].self.self.n; $back[2].self.self.n; [object]::ReferenceEquals($back[0].self, $back[2].self)
            """).NoErrors();
        Assert.Equal([3, 1, 1, false], result.Values);
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

    /// <summary>
    /// 7.5 has commands of these names in Utility, which the bundled engine has not; a module that has them stands in for it. Loaded
    /// before ours, as the manifest requires it, neither its use nor importing it again takes the names away.
    /// </summary>
    [Fact]
    public void AModuleThatWasLoadedBeforeTakesNoNameAway()
    {
        using var rival = new RivalModule();
        using var shell = Shell.Bare();
        shell.Set("rival", rival.Manifest);
        var script = "Import-Module $rival; Import-Module $SpeManifest; Import-Module $rival; (Get-Command ConvertTo-CliXml).Source";
        Assert.Equal("SPE", shell.Run(script).Value);
    }

    /// <summary>Importing it with -Force gives it the names, as PowerShell has it for every module; the full name and -Force of ours help.</summary>
    [Fact]
    public void AModuleThatIsForcedTakesTheNamesAndOursComeBack()
    {
        using var rival = new RivalModule();
        using var shell = Shell.Bare();
        shell.Set("rival", rival.Manifest);
        var values = shell.Run(
            """
            Import-Module $rival; Import-Module $SpeManifest; Import-Module $rival -Force
            (Get-Command ConvertTo-CliXml).Source; SPE\ConvertTo-CliXml 1 | ConvertFrom-CliXml
            Import-Module $SpeManifest -Force; (Get-Command ConvertTo-CliXml).Source
            """).NoErrors().Values;
        Assert.Equal([RivalModule.Name, 1, "SPE"], values);
    }

    private static string Numbers(int count, int[] bad) =>
        Start + string.Concat(Enumerable.Range(0, count).Select(index => $"<I32>{(bad.Contains(index) ? "bad" : $"{index}")}</I32>")) + "</Objs>";
}
