using System;
using System.Linq;
using System.Management.Automation;
using System.Text;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Formats;

/// <summary>Output as CLIXML (wire protocol 4.1 and 4.5).</summary>
public sealed class CliXmlTests(TestWorker worker) : IClassFixture<TestWorker>
{
    private const string ErrorType = "Deserialized.System.Management.Automation.ErrorRecord";

    [Fact]
    public void OutputIsOneList()
    {
        var result = worker.Run("'first'; 42; [pscustomobject]@{ Name = 'x' }");
        Assert.Equal("first", result.Objects[0]);
        Assert.Equal(42, result.Objects[1]);
        Assert.Equal("x", result.Property(2, "Name"));
        Assert.Contains("<T>System.Collections.Generic.List`1[[System.Object,", result.Output);
    }

    [Fact]
    public void NothingWrittenIsAnEmptyBody() => Assert.Equal("", worker.Run("$null = 1").Output);

    [Fact]
    public void NullIsAnElement() => Assert.Equal([null], worker.Run("$null").Objects);

    /// <summary>A function that returns nothing is not a null.</summary>
    [Fact]
    public void NothingIsNoElement() => Assert.Equal("", worker.Run("function f { }; f").Output);

    [Fact]
    public void ListInTheOutputStaysOneElement()
    {
        var result = worker.Run("Write-Output -NoEnumerate @(1, 2)");
        Assert.Single(result.Objects);
        Assert.Equal("1 2", LanguagePrimitives.ConvertTo<string>(result.Objects[0]));
    }

    [Fact]
    public void ErrorRecordsComeLast()
    {
        var result = worker.Run("'a'; Write-Error 'e1'; 'b'; Write-Error 'e2'");
        Assert.Equal(["a", "b", "e1", "e2"], result.Texts);
        Assert.Equal(ErrorType, result.TypeOf(2));
    }

    /// <summary>WP-D-50: what was written stays, and the terminating error stands at the very end.</summary>
    [Fact]
    public void TerminatingErrorStandsBehindEverything()
    {
        var result = worker.Run("'a'; Write-Error 'e1'; throw 'end'");
        Assert.Equal(["a", "e1", "end"], result.Texts);
        Assert.Equal(ErrorType, result.TypeOf(2));
    }

    [Fact]
    public void ParseErrorIsTheOnlyElement()
    {
        var result = worker.Run("if (");
        Assert.Equal([ErrorType], result.Objects.Select((_, index) => result.TypeOf(index)));
    }

    [Fact]
    public void DocumentHasNoIndentationAndKeepsTheTexts()
    {
        const string Text = "  a\r\n   b \n\n c ";
        var result = worker.Run($"[pscustomobject]@{{ Text = [string]'{Text}'; Block = {{\n  1\n}} }}");
        Assert.DoesNotContain('\n', result.Output);
        Assert.DoesNotContain("> <", result.Output);
        Assert.Equal(Text, result.Property(0, "Text"));
        Assert.Equal("\n  1\n", result.Property(0, "Block")!.ToString());
    }

    /// <summary>Properties two levels down are kept, what is below becomes text.</summary>
    [Fact]
    public void DepthIsTwo()
    {
        var result = worker.Run("[pscustomobject]@{ One = [pscustomobject]@{ Two = [pscustomobject]@{ Three = 3 } } }");
        var one = (PSObject)result.Property(0, "One")!;
        Assert.Equal("@{Three=3}", one.Properties["Two"].Value.ToString());
    }

    [Theory]
    [InlineData("$o = [pscustomobject]@{ A = 1 }; $o.psobject.Members.Add([psscriptproperty]::new('Bad', { throw 'no' })); $o")]
    [InlineData("$o = [pscustomobject]@{ A = 1 }; $o.psobject.Members.Add([psscriptmethod]::new('ToString', { throw 'no' })); $o")]
    [InlineData("class P { [string] ToString() { throw 'no' } }; [P]::new()")]
    [InlineData("$h = @{ }; $h.Self = $h; $h")]
    [InlineData("$a = [System.Collections.ArrayList]::new(); $null = $a.Add($a); ,$a")]
    [InlineData("$d = 0; 1..500 | ForEach-Object { $d = ,$d }; ,$d")]
    [InlineData("[System.Reflection.Assembly]::GetExecutingAssembly()")]
    [InlineData("[System.Threading.Thread]::CurrentThread; $Host; $ExecutionContext")]
    [InlineData("[intptr]1; [char]0; [double]::NaN; [guid]::Empty; [timespan]::MaxValue; [datetime]::MinValue")]
    public void ObjectThatIsHardToWriteDoesNotFailTheRun(string script)
    {
        var result = worker.Run(script + "; 'after'");
        Assert.Equal("completed", result.Outcome);
        Assert.Equal("after", result.Objects[^1]);
    }

    /// <summary>A reader refuses a document that is nested too deeply as a whole, so one object would cost all the others.</summary>
    [Fact]
    public void ObjectThatNoReaderTakesIsWrittenAsText()
    {
        var result = worker.Run("'before'; $d = 0; 1..100 | ForEach-Object { $d = ,$d }; ,$d; 'after'");
        Assert.Equal(["before", "System.Object[]", "after"], result.Texts);
        Assert.Single(result.Lines, line => line.StartsWith("warning: Output object 2 was written as text", StringComparison.Ordinal));
    }

    [Fact]
    public void ObjectThatIsNestedAsDeepAsReadersTakeStaysAnObject()
    {
        var result = worker.Run("$d = 0; 1..38 | ForEach-Object { $d = ,$d }; ,$d");
        Assert.NotEqual("System.Object[]", result.Objects[0]);
        Assert.Empty(result.Records);
    }

    /// <summary>Outside of Windows a secure string is serialised in clear (engine notes 6), and Windows cannot read it.</summary>
    [Theory]
    [InlineData("[System.Security.SecureString]::new()")]
    [InlineData("$s = [System.Security.SecureString]::new(); 'hunter2'.ToCharArray() | ForEach-Object { $s.AppendChar($_) }; $s")]
    [InlineData("$s = [System.Security.SecureString]::new(); 'hunter2'.ToCharArray() | ForEach-Object { $s.AppendChar($_) }; [pscredential]::new('me', $s)")]
    public void SecureStringDoesNotGoOut(string script)
    {
        var result = worker.Run(script);
        Assert.Equal("System.Security.SecureString", result.Property(0, "Password") ?? result.Objects[0]);
        Assert.DoesNotContain("<SS", result.Output);
        Assert.DoesNotContain("680075006e", result.Output);
    }

    [Fact]
    public void LineEndsThatAreNotLineFeedsAreText()
    {
        const string Text = "a\u2028 b\u2029 c\u0085 d\f e ";
        Assert.Equal(Text, worker.Run($"'{Text}'").Objects[0]);
    }

    [Fact]
    public void CharactersThatXmlForbidsArrive()
    {
        var result = worker.Run("\"a$([char]0)b$([char]0xD800)c_x0041_\"");
        Assert.Equal("a\0b\ud800c_x0041_", result.Objects[0]);
    }

    [Fact]
    public void OutputOfThirtyTwoMegabytesArrives()
    {
        var result = worker.Run("1..32 | ForEach-Object { 'x' * 1MB }");
        Assert.Equal(32, result.Objects.Count);
        Assert.All(result.Objects, item => Assert.Equal(1024 * 1024, ((string)item!).Length));
    }

    [Fact]
    public void ManyObjectsArriveInOrder()
    {
        var result = worker.Run("1..20000");
        Assert.Equal(Enumerable.Range(1, 20_000).Cast<object>(), result.Objects);
    }

    /// <summary>The parts of the output are cut anywhere, also in the middle of a character.</summary>
    [Fact]
    public void CharactersAtTheEdgeOfAFrameArrive()
    {
        var result = worker.Run("'x' + '漢😀' * 100000");
        var expected = new StringBuilder("x").Insert(1, "漢😀", 100_000).ToString();
        Assert.Equal(expected, result.Objects[0]);
    }

    /// <summary>Script properties are read when the list is written, in the runspace that made them.</summary>
    [Fact]
    public void ScriptPropertiesAreRead()
    {
        var result = worker.Run(
            "$x = 20; $o = [pscustomobject]@{ A = 1 }; $o.psobject.Members.Add([psscriptproperty]::new('Twice', { 2 * $x })); $o");
        Assert.Equal(40, result.Property(0, "Twice"));
    }
}
