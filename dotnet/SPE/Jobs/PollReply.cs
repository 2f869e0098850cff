using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SPE.Native;
using SPE.Session;
using SPE.Streams;

namespace SPE.Jobs;

/// <summary>The answer to the script that asks how a job is.</summary>
internal sealed record PollReply(string Name, bool IsDone, bool IsFailed, string Status)
{
    /// <summary>The answer in a reply; null when there is none, such as from a login page or a script that failed.</summary>
    public static PollReply? Read(Reply reply)
    {
        var items = new List<object?>();
        CliXmlReply.TryRead(reply.Body, items.Add, out _);
        var answer = items.FirstOrDefault(item => SessionProperties.Read(item, "IsDone") is not null);
        return answer is null
            ? null
            : new PollReply(
                $"{SessionProperties.Read(answer, "Name")}",
                LanguagePrimitives.IsTrue(SessionProperties.Read(answer, "IsDone")),
                LanguagePrimitives.IsTrue(SessionProperties.Read(answer, "IsFailed")),
                $"{SessionProperties.Read(answer, "Status")}");
    }
}
