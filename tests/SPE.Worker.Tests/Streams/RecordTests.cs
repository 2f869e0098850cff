using System;
using System.Linq;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Streams;

/// <summary>Records as they are written (wire protocol 6.6).</summary>
public sealed class RecordTests(TestWorker worker) : IClassFixture<TestWorker>
{
    [Fact]
    public void RecordsOfAllStreamsComeInOrder()
    {
        var result = worker.Run(
            "Write-Verbose v -Verbose; Write-Warning w; Write-Information i; Write-Progress p; Write-Error e; Write-Host h");
        Assert.Equal(
            ["verbose: v", "warning: w", "information: i", "progress: p", "error: e", "information: h"], result.Lines);
    }

    [Fact]
    public void RecordComesWhileTheScriptRuns()
    {
        var run = worker.Begin("Write-Warning first; $null = Get-ScriptSession; Write-Warning second");
        Assert.Equal("first", worker.Next().Json.GetProperty("message").GetString());
        var call = worker.Next();
        Assert.Equal("call", call.Type);
        worker.Answer(call, Reply.Many());
        Assert.Equal(["warning: second"], worker.Finish(run).Lines);
    }

    [Fact]
    public void TwoThousandRecordsComeInOrder()
    {
        var result = worker.Run("1..2000 | ForEach-Object { if ($_ % 2) { Write-Warning $_ } else { Write-Information $_ } }");
        Assert.Equal(
            Enumerable.Range(1, 2000).Select(number => $"{(number % 2 == 1 ? "warning" : "information")}: {number}"),
            result.Lines);
    }

    [Fact]
    public void TimeIsUtcWithSevenDigits()
    {
        var time = worker.Run("Write-Warning w").Records[0].GetProperty("timeUtc").GetString();
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$", time);
    }

    /// <summary>WP-D-33: nested progress needs the activity id.</summary>
    [Fact]
    public void ProgressHasAllItsFields()
    {
        var record = worker.Run(
            "Write-Progress -Activity a -Status s -Id 7 -ParentId 3 -PercentComplete 25 -CurrentOperation c -SecondsRemaining 9")
            .Records[0];
        Assert.Equal(
            (7, 3, "a", "s", 25, "c", 9, "Processing"),
            (Number("activityId"), Number("parentActivityId"), Text("activity"), Text("statusDescription"),
                Number("percentComplete"), Text("currentOperation"), Number("secondsRemaining"), Text("recordType")));

        int Number(string name) => record.GetProperty(name).GetInt32();
        string? Text(string name) => record.GetProperty(name).GetString();
    }

    [Fact]
    public void EndOfProgressIsTold()
    {
        var record = worker.Run("Write-Progress -Activity a -Completed").Records[0];
        Assert.Equal("Completed", record.GetProperty("recordType").GetString());
    }

    [Fact]
    public void ErrorHasItsDetailsAndNotItsTarget()
    {
        var record = worker.Run("Write-Error 'locked' -ErrorId ItemLocked -Category ResourceBusy -TargetObject 'secret target'").Records[0];
        Assert.Equal("locked", record.GetProperty("message").GetString());
        Assert.StartsWith("ItemLocked", record.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.StartsWith("ResourceBusy: (", record.GetProperty("categoryInfo").GetString());
        Assert.Contains("at <ScriptBlock>, <No file>: line 1", record.GetProperty("scriptStackTrace").GetString());
        Assert.True(record.TryGetProperty("positionMessage", out _));
        Assert.False(record.TryGetProperty("targetObject", out _));
    }

    /// <summary>The terminating error of a run is its end and no record.</summary>
    [Fact]
    public void TerminatingErrorIsNoRecord() => Assert.Empty(worker.Run("throw 'x'").Records);

    [Fact]
    public void DebugIsNotRecorded() => Assert.Empty(worker.Run("$DebugPreference = 'Continue'; Write-Debug d").Records);

    [Fact]
    public void SilentVerboseIsNotRecorded() => Assert.Empty(worker.Run("Write-Verbose v").Records);

    /// <summary>Worker channel, record: the worker cuts at 5,000 characters, the server marks the cut.</summary>
    [Fact]
    public void LongTextIsCut() => Assert.Equal(5000, MessageOf("Write-Warning ('x' * 100000)").Length);

    [Fact]
    public void CutLeavesNoHalfCharacter()
    {
        var message = MessageOf("Write-Warning ('x' + '😀' * 10000)");
        Assert.Equal(4999, message.Length);
        Assert.EndsWith("😀", message);
    }

    [Fact]
    public void TextThatIsNoUnicodeBecomesReplacementCharacters() =>
        Assert.Equal("a\ufffdb", MessageOf("Write-Warning \"a$([char]0xD800)b\""));

    /// <summary>Engine notes 2: with a host everything arrives twice, for the pipeline and for the host.</summary>
    [Theory]
    [InlineData("Write-Host h")]
    [InlineData("Write-Host h -ForegroundColor Red")]
    [InlineData("Write-Host h -NoNewline")]
    [InlineData("$InformationPreference = 'Continue'; Write-Host h")]
    [InlineData("$InformationPreference = 'Continue'; Write-Information h")]
    [InlineData("Write-Information h -InformationAction Continue")]
    [InlineData("function f { [CmdletBinding()] param() $PSCmdlet.WriteInformation([System.Management.Automation.HostInformationMessage]@{ Message = 'h' }, @('PSHOST')) }; f")]
    [InlineData("'h' | Out-Default")]
    [InlineData("'h' | Out-Host")]
    [InlineData("$Host.UI.WriteLine('h')")]
    [InlineData("$Host.UI.Write('h')")]
    [InlineData("$Host.UI.WriteErrorLine('h')")]
    public void TextForTheHostIsInformationOnce(string script) =>
        Assert.Equal(["information: h"], worker.Run(script).Lines);

    /// <summary>What repeats a record is told by when it comes, not by its text alone.</summary>
    [Theory]
    [InlineData("Write-Host h; 'h' | Out-Host")]
    [InlineData("Write-Information h; Write-Warning w; 'h' | Out-Host")]
    public void SameTextTwiceIsTwoRecords(string script) =>
        Assert.Equal(2, worker.Run(script).Lines.Count(line => line == "information: h"));

    [Fact]
    public void SameTextInTheNextRunIsARecord()
    {
        worker.Run("Write-Information h", Order.Kept);
        Assert.Equal(["information: h"], worker.Run("'h' | Out-Host", Order.Kept).Lines);
    }

    [Fact]
    public void TextForTheHostBecomesWholeLines()
    {
        var result = worker.Run("$Host.UI.Write('a'); $Host.UI.Write('b'); $Host.UI.WriteLine('c'); $Host.UI.Write('d')");
        Assert.Equal(["information: abc", "information: d"], result.Lines);
    }

    [Fact]
    public void FormattedTextHasNoColours()
    {
        var result = worker.Run("[pscustomobject]@{ Name = 'x' } | Out-Host");
        Assert.Contains(result.Lines, line => line.StartsWith("information: Name", StringComparison.Ordinal));
    }

    /// <summary>Verbose, warning and error records reach the host too and must not come from there again.</summary>
    [Fact]
    public void RecordsOfTheStreamsComeOnce()
    {
        var result = worker.Run("$VerbosePreference = 'Continue'; Write-Verbose v; Write-Warning w; Write-Error e");
        Assert.Equal(["verbose: v", "warning: w", "error: e"], result.Lines);
    }

    /// <summary>Engine notes 2: standard error of programs arrives as error records, and is not lost.</summary>
    [Fact]
    public void StandardErrorOfAProgramIsAnError()
    {
        var result = worker.Run("sh -c 'echo out; echo err >&2; exit 3'; $LASTEXITCODE");
        Assert.Equal(["out", "3"], result.Texts.Take(2));
        Assert.Contains("error: err", result.Lines);
        Assert.Equal("completed", result.Outcome);
    }

    [Fact]
    public void RecordThatCannotBeReadDoesNotEndTheScript()
    {
        var result = worker.Run(
            "class P { [string] ToString() { throw 'no' } }; function f { [CmdletBinding()] param() $PSCmdlet.WriteInformation([P]::new(), @()) }; f; 'after'");
        Assert.Equal("completed", result.Outcome);
        Assert.Contains("after", result.Texts);
        Assert.Single(result.Lines, line => line.StartsWith("warning: A record was left out", StringComparison.Ordinal));
    }

    private string MessageOf(string script) => worker.Run(script).Records[0].GetProperty("message").GetString()!;
}
