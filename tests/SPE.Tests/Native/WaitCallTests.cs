using System;
using System.Linq;
using System.Threading.Tasks;
using SPE.Native;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Native;

/// <summary>Waits through the native library: records, cursors, and how a job ended.</summary>
public sealed class WaitCallTests
{
    private const string Streams = """
        [{"stream":"verbose","sequence":0,"timeUtc":"t0","message":"m0 \u20ac"},
         {"stream":"information","sequence":1,"timeUtc":"t1","message":"m1"},
         {"stream":"warning","sequence":2,"timeUtc":"t2","message":"m2"},
         {"stream":"progress","sequence":3,"timeUtc":"t3","activityId":7,"activity":"a","statusDescription":"sd",
          "percentComplete":-1,"currentOperation":"co","secondsRemaining":12,"parentActivityId":-1,
          "recordType":"Processing"},
         {"stream":"error","sequence":9007199254740993,"timeUtc":"t4","message":"m4","fullyQualifiedErrorId":"id",
          "categoryInfo":"ci","positionMessage":"pm","scriptStackTrace":"st"}]
        """;

    /// <summary>Wire protocol 6.6.</summary>
    [Fact]
    public async Task EveryPartOfARecordComesBack()
    {
        await using var server = Serving($$"""
            {"isDone":true,"status":"Idle","name":"n","elapsedSeconds":1,"streams":{{Streams}},"cursor":"a.b"}
            """);
        var (_, events) = NativeCalls.Run(NativeCalls.Wait(server.Uri));
        var records = events.OfType<RecordsEvent>().SelectMany(item => item.Records).ToArray();
        Assert.Equal(
            ["verbose", "information", "warning", "progress", "error"], records.Select(record => record.Stream));
        Assert.Equal([0, 1, 2, 3, 9007199254740993], records.Select(record => record.Sequence));
        Assert.Equal(["t0", "t1", "t2", "t3", "t4"], records.Select(record => record.TimeUtc));
        Assert.Equal(["m0 \u20ac", "m1", "m2", "", "m4"], records.Select(record => record.Message));
        var progress = records[3];
        Assert.Equal(("a", "sd"), (progress.Activity, progress.StatusDescription));
        Assert.Equal(("co", "Processing"), (progress.CurrentOperation, progress.RecordType));
        Assert.Equal((7, -1), (progress.ActivityId, progress.ParentActivityId));
        Assert.Equal((-1, 12), (progress.PercentComplete, progress.SecondsRemaining));
        var error = records[4];
        Assert.Equal(("id", "ci"), (error.FullyQualifiedErrorId, error.CategoryInfo));
        Assert.Equal(("pm", "st"), (error.PositionMessage, error.ScriptStackTrace));
        Assert.Equal(("", 0), (error.Activity, error.PercentComplete));
    }

    /// <summary>The cursor is behind the records handed over before it, never ahead of one.</summary>
    [Fact]
    public async Task RecordsComeInOrderAndTheirCursorBehindThem()
    {
        await using var server = Serving(
            WaitReplies.Of("Idle", true, 0, 256, "a.b"),
            WaitReplies.Of("Idle", true, 256, 256, "c.d"),
            WaitReplies.Of("Idle", true, 512, 0, "c.d"));
        var (outcome, events) = NativeCalls.Run(NativeCalls.Wait(server.Uri));
        Assert.Equal("Idle", outcome.Reply?.Status);
        Assert.Equal(
            ["records", "a.b", "records", "c.d"],
            events.Where(item => item is RecordsEvent or CursorEvent)
                .Select(item => item is CursorEvent cursor ? cursor.Cursor : "records"));
        Assert.Equal(
            Enumerable.Range(0, 512).Select(number => (long)number),
            events.OfType<RecordsEvent>().SelectMany(item => item.Records).Select(record => record.Sequence));
    }

    [Fact]
    public async Task VerboseLinesAndWarningsComeBack()
    {
        await using var server = Serving(WaitReplies.Of("Idle", true, 0, 1, "a.b", droppedRate: 5));
        var (_, events) = NativeCalls.Run(NativeCalls.Wait(server.Uri));
        Assert.Contains(events.OfType<VerboseEvent>(), item => item.Text.Contains("job-1", StringComparison.Ordinal));
        Assert.Contains("5", Assert.Single(events.OfType<WarningEvent>()).Text, StringComparison.Ordinal);
    }

    /// <summary>WP-D-16.</summary>
    [Fact]
    public async Task EveryPartOfAJobsErrorComesBack()
    {
        await using var server = Serving("""
            {"isDone":true,"status":"Failed","name":"n \u20ac","elapsedSeconds":1,"error":{"correlationId":"c",
             "message":"m","fullyQualifiedErrorId":"f","errorCategory":"ec","exceptionType":"et",
             "scriptStackTrace":"st","positionMessage":"pm"}}
            """);
        var result = NativeCalls.Run(NativeCalls.Wait(server.Uri)).Outcome.Reply!;
        Assert.Equal(("Failed", "n \u20ac", false), (result.Status, result.Name, result.NotSupported));
        var error = result.Error!;
        Assert.Equal(("c", "m"), (error.CorrelationId, error.Message));
        Assert.Equal(("f", "ec"), (error.FullyQualifiedErrorId, error.ErrorCategory));
        Assert.Equal(("et", "st", "pm"), (error.ExceptionType, error.ScriptStackTrace, error.PositionMessage));
    }

    [Fact]
    public async Task JobWithoutErrorHasNone()
    {
        await using var server = Serving(WaitReplies.Of("Idle", true));
        Assert.Null(NativeCalls.Run(NativeCalls.Wait(server.Uri)).Outcome.Reply!.Error);
    }

    [Fact]
    public async Task ServerWithoutWaitRouteIsToldOf()
    {
        await using var server = ScriptedServer.Replying(404, "Not Found");
        Assert.True(NativeCalls.Run(NativeCalls.Wait(server.Uri)).Outcome.Reply?.NotSupported);
    }

    [Fact]
    public async Task EveryPartOfAWaitArrives()
    {
        await using var server = Serving(WaitReplies.Of("Idle", true));
        NativeCalls.Run(new WaitCall
        {
            Target = NativeCalls.Target(server.Uri),
            JobId = "job-2",
            JobType = "sitecore",
            HoldSeconds = 11,
            Cursor = "x.y",
        });
        var target = Assert.Single(server.Requests).Target;
        Assert.All(["job-2", "sitecore", "11", "x.y"], part => Assert.Contains(part, target, StringComparison.Ordinal));
    }

    private static ScriptedServer Serving(params string[] replies) =>
        new(exchange => exchange.Json(replies[Math.Min(exchange.Index, replies.Length - 1)]));
}
