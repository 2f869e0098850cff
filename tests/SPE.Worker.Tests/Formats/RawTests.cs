using System.Management.Automation;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Formats;

/// <summary>Output as text (wire protocol 4.2).</summary>
public sealed class RawTests(TestWorker worker) : IClassFixture<TestWorker>
{
    [Fact]
    public void TextsFollowEachOtherWithoutSeparator() => Assert.Equal("123", Output("1; 2; 3"));

    [Fact]
    public void CollectionIsJoinedWithSpaces() => Assert.Equal("1 2", Output("Write-Output -NoEnumerate @(1, 2)"));

    [Theory]
    [InlineData("1.5", "1.5")]
    [InlineData("[pscustomobject]@{ A = 1 }", "@{A=1}")]
    [InlineData("[datetime]'2026-05-02'", "05/02/2026 00:00:00")]
    [InlineData("$true", "True")]
    [InlineData("'é😀'", "é😀")]
    public void ValueIsItsStringForm(string script, string expected) => Assert.Equal(expected, Output(script));

    /// <summary>WP-D-24.</summary>
    [Fact]
    public void NullIsNothing()
    {
        var result = worker.Run("1; $null; 2", Order.Raw);
        Assert.Equal("12", result.Output);
        Assert.Equal("completed", result.Outcome);
    }

    [Fact]
    public void ErrorsStandBehindTheMark()
    {
        var result = worker.Run("'a'; Write-Error 'e1'; 'b'", Order.Raw);
        var parts = result.Output.Split("<#messages#>");
        Assert.Equal("ab", parts[0]);
        var list = (PSObject)PSSerializer.Deserialize(parts[1]);
        var record = Assert.Single((System.Collections.ArrayList)list.BaseObject);
        Assert.Equal("e1", record!.ToString());
    }

    [Fact]
    public void WithoutErrorsThereIsNoMark() => Assert.Equal("", Output("$null = 1"));

    /// <summary>WP-D-50.</summary>
    [Fact]
    public void TerminatingErrorStandsBehindTheMarkAndTheTextStays()
    {
        var result = worker.Run("'partial'; throw 'end'", Order.Raw);
        Assert.Equal("failed", result.Outcome);
        Assert.StartsWith("partial<#messages#><Objs", result.Output);
        Assert.Contains(">end<", result.Output);
    }

    [Fact]
    public void ObjectWithoutTextIsLeftOutAndSaidSo()
    {
        var result = worker.Run("class P { [string] ToString() { throw 'no' } }; 'a'; [P]::new(); 'b'", Order.Raw);
        Assert.Equal("ab", result.Output);
        Assert.Contains(result.Lines, line => line.StartsWith("warning: An output object was left out", System.StringComparison.Ordinal));
    }

    [Fact]
    public void OutputGoesOutWhileTheScriptRuns()
    {
        var run = worker.Begin("'x' * 100KB; $null = Get-ScriptSession", Order.Raw);
        Assert.Equal("output", worker.Next().Type);
        Message message;
        do
        {
            message = worker.Next();
        }
        while (message.Type == "output");
        Assert.Equal("call", message.Type);
        worker.Answer(message, Reply.Many());
        Assert.Equal("completed", worker.Finish(run).Outcome);
    }

    private string Output(string script) => worker.Run(script, Order.Raw).Output;
}
