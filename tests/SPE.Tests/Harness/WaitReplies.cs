using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace SPE.Tests.Harness;

/// <summary>Replies of a server's wait and script routes (wire-protocol.md 4.1, 6.5).</summary>
internal static class WaitReplies
{
    /// <summary>
    /// A reply with records from <paramref name="first"/> on, or without streams when there are none.
    /// </summary>
    public static string Of(
        string status, bool isDone, long first = 0, int count = 0, string cursor = "", long droppedRate = 0)
    {
        var streams = count == 0 && cursor.Length == 0
            ? ""
            : $$"""
                ,"streams":[{{string.Join(',', Records(first, count))}}],"cursor":"{{cursor}}",
                "droppedCount":{{droppedRate}},"droppedRate":{{droppedRate}},"droppedSize":0,"truncatedCount":0
                """;
        var done = isDone ? "true" : "false";
        return $$"""{"isDone":{{done}},"status":"{{status}}","name":"job-1","elapsedSeconds":0{{streams}}}""";
    }

    /// <summary>The body of a script reply: one list, as servers send it.</summary>
    public static string CliXml(params object[] values) => PSSerializer.Serialize(new List<object>(values));

    private static IEnumerable<string> Records(long first, int count) => Enumerable.Range(0, count).Select(offset =>
        $$"""
        {"stream":"verbose","sequence":{{first + offset}},"timeUtc":"2026-05-02T08:15:30.1234567Z",
        "message":"m{{first + offset}}"}
        """);
}
