using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>Records of a running job: client-module.md 12.2 and 12.3, wire-protocol.md 6.6.</summary>
public sealed class CallbackTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Collect = "{ param($record) $global:seen += , $record }";

    private const string AllCallbacks =
        $"-OnVerbose {Collect} -OnInformation {Collect} -OnProgress {Collect} -OnWarning {Collect} -OnError {Collect}";

    [Theory, BothLanguages]
    public void EachStreamHasItsCallback(PSLanguageMode mode)
    {
        var records = Watch(
            mode,
            """
            Write-Verbose 'v' -Verbose; Write-Information 'i'; Write-Host 'h'; Write-Warning 'w'; Write-Error 'e'
            Write-Progress -Activity 'a' -Status 's' -PercentComplete 40; Write-Debug 'd' -Debug; 'output'
            """);
        Assert.Equal(
            ["verbose v", "information i", "information h", "warning w", "error Script error.", "progress "],
            records.Select(record => $"{Value(record, "Stream")} {$"{Value(record, "Message")}".Split(" See ")[0]}"));
    }

    /// <summary>wire-protocol.md 6.6: one sequence over all streams, from 0, in the order they were written.</summary>
    [Theory, BothLanguages]
    public void RecordsKeepOneOrderAcrossStreams(PSLanguageMode mode)
    {
        var records = Watch(
            mode,
            "foreach ($n in 1..10) { Write-Verbose $n -Verbose; Write-Warning $n; Write-Information \"$n\" }");
        Assert.Equal(
            Enumerable.Range(0, 30).Select(n => (object)(long)n),
            records.Select(record => Value(record, "Sequence")));
        Assert.Equal(
            Enumerable.Range(1, 10).SelectMany(n => new[] { $"{n}", $"{n}", $"{n}" }),
            records.Select(record => (string?)Value(record, "Message")));
    }

    /// <summary>client-module.md 12.3: exact names of the properties of a progress record, numbers as Int64.</summary>
    [Theory, BothLanguages]
    public void ProgressHasAllItsFields(PSLanguageMode mode)
    {
        var record = Watch(
            mode,
            """
            Write-Progress -Activity 'Import' -Status '10 of 40' -PercentComplete 25 -CurrentOperation 'reading' `
                -SecondsRemaining 9 -Id 3 -ParentId 2
            """).Single();
        Assert.Equal("progress", Value(record, "Stream"));
        Assert.Equal("Import", Value(record, "Activity"));
        Assert.Equal("10 of 40", Value(record, "StatusDescription"));
        Assert.Equal(25L, Value(record, "PercentComplete"));
        Assert.Equal("reading", Value(record, "CurrentOperation"));
        Assert.Equal(9L, Value(record, "SecondsRemaining"));
        Assert.Equal(2L, Value(record, "ParentActivityId"));
        Assert.Equal("Processing", Value(record, "RecordType"));
    }

    [Fact]
    public async Task ErrorRecordHasIdCategoryAndPosition()
    {
        await using var detailed = await TestServer.Start(config =>
            config.Descendants("setting").Single(setting => (string?)setting.Attribute("name") == "Spe.Remoting.DetailedErrors")
                .SetAttributeValue("value", "true"));
        using var shell = Shell.Open(detailed);
        var record = Watch(shell, "Write-Error 'item locked' -ErrorId ItemLocked -Category ResourceBusy").Single();
        Assert.Equal("item locked", Value(record, "Message"));
        Assert.StartsWith("ItemLocked", (string)Value(record, "FullyQualifiedErrorId")!, StringComparison.Ordinal);
        Assert.Contains("ResourceBusy", Assert.IsType<string>(Value(record, "CategoryInfo")), StringComparison.Ordinal);
        Assert.NotNull(record.Properties["PositionMessage"]);
        Assert.Contains("line 1", (string)Value(record, "ScriptStackTrace")!, StringComparison.Ordinal);
    }

    /// <summary>WP-D-33: as shipped the server says where its log has the error, and keeps id and category.</summary>
    [Fact]
    public void ErrorRecordOfAServerAsShippedNamesItsLog()
    {
        var record = Watch("Write-Error 'item locked' -ErrorId ItemLocked -Category ResourceBusy").Single();
        Assert.Matches("^Script error. See SPE log id=[^ ]+[.]$", (string)Value(record, "Message")!);
        Assert.StartsWith("ItemLocked", (string)Value(record, "FullyQualifiedErrorId")!, StringComparison.Ordinal);
        Assert.Equal("ResourceBusy", Value(record, "CategoryInfo"));
    }

    /// <summary>decisions.md Q-7: TimeUtc is a DateTime in UTC.</summary>
    [Fact]
    public void TimeIsADateTimeInUtc()
    {
        var before = DateTime.UtcNow.AddMinutes(-1);
        var time = Assert.IsType<DateTime>(Value(Watch("Write-Warning 'w'").Single(), "TimeUtc"));
        Assert.Equal(DateTimeKind.Utc, time.Kind);
        Assert.InRange(time, before, DateTime.UtcNow.AddMinutes(1));
    }

    /// <summary>The point of it: a record arrives while the job still runs.</summary>
    [Theory, BothLanguages]
    public async Task RecordsArriveWhileTheJobRuns(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        shell.StartJob(beacon.Around($"Write-Verbose 'live' -Verbose; {Beacon.AwaitRelease}; 'end'"));
        var waiting = shell.Start(
            """
            Wait-RemoteScriptSession -Session $s -Id $id -OnVerbose { param($r) Write-Information "seen $($r.Message)" } |
                ForEach-Object { $_ }
            """);
        using var job = await beacon.Arrival();
        await waiting.Said("seen live");
        Assert.False(job.Ended.IsCompleted);
        job.Release();
        var result = await waiting.Completion.Within("the wait ends");
        Assert.Equal("end", result.OneObject().ToString());
    }

    /// <summary>CM-D-20: what a record callback puts out is discarded and disturbs nothing.</summary>
    [Theory, BothLanguages]
    public void OutputOfRecordCallbacksIsDiscarded(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.StartJob("Write-Warning 'w'; 'result'");
        Assert.Equal("result", shell.WaitForJob("-OnWarning { 'noise'; $true; $null }").OneObject().ToString());
    }

    /// <summary>client-module.md 12.3: the block sees the variables of where it was written.</summary>
    [Fact]
    public void CallbackSeesTheCallersLocals()
    {
        using var shell = Shell.Open(server);
        var result = shell.Run(
            """
            function Watch-It {
                $prefix = 'local'; $list = New-Object System.Collections.ArrayList
                $id = Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { Write-Warning 'w' }
                $null = Wait-RemoteScriptSession -Session $s -Id $id -OnWarning {
                    param($r) $null = $list.Add("$prefix $($r.Message)") }
                $list
            }
            Watch-It
            """);
        Assert.Equal("local w", result.Value);
    }

    /// <summary>client-module.md 12.3: an exception in a callback ends the command; the job keeps running.</summary>
    [Theory, BothLanguages]
    public async Task ThrowingCallbackEndsTheCommandButNotTheJob(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        shell.StartJob(beacon.Around($"Write-Warning 'w'; {Beacon.AwaitRelease}; 'survived'"));
        var waiting = shell.Start("Wait-RemoteScriptSession -Session $s -Id $id -OnWarning { throw 'callback broke' }");
        using var job = await beacon.Arrival();
        var error = (await waiting.Completion.Within("the command ends")).TerminatingError();
        Assert.Contains("callback broke", error.ToString(), StringComparison.Ordinal);
        Assert.False(job.Ended.IsCompleted);
        job.Release();
        Assert.Equal("survived", shell.WaitForJob().OneObject().ToString());
    }

    /// <summary>
    /// Errors of a job that was watched are told once each: non-terminating ones by OnError, the last one as error.
    /// </summary>
    [Theory, BothLanguages]
    public void TerminatingErrorIsNotInOnError(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.StartJob("Write-Error 'soft'; throw 'hard'");
        shell.Run("$global:seen = @()").NoErrors();
        Assert.Contains(
            "hard", shell.WaitForJob($"-OnError {Collect}").SingleError().ToString(), StringComparison.Ordinal);
        var seen = shell.Run("$global:seen").NoErrors().Output;
        Assert.StartsWith("Script error.", (string)Value(Assert.Single(seen)!, "Message")!, StringComparison.Ordinal);
    }

    /// <summary>wire-protocol.md 6.7 and Appendix A: a long text is cut at 4,096 characters and says so.</summary>
    [Fact]
    public void LongTextIsTruncated()
    {
        var message = (string)Value(Watch("Write-Warning ('x' * 5000)").Single(), "Message")!;
        Assert.Equal(new string('x', 4082) + "[...truncated]", message);
    }

    private PSObject[] Watch(string job) => Watch(PSLanguageMode.FullLanguage, job);

    private PSObject[] Watch(PSLanguageMode mode, string job)
    {
        using var shell = Shell.Open(server, mode);
        return Watch(shell, job);
    }

    private static PSObject[] Watch(Shell shell, string job)
    {
        shell.StartJob(job);
        shell.Run("$global:seen = @()").NoErrors();
        shell.WaitForJob(AllCallbacks).NoErrors();
        return [.. shell.Run("$global:seen").NoErrors().Output.Select(record => record!)];
    }

    private static object? Value(PSObject record, string property) => record.Properties[property]?.Value;
}
