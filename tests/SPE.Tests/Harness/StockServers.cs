using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>
/// Servers that behave as the stock ones do (wire-protocol.md 12.1, client-module.md 25 and 27): what they do not know they answer as
/// those would. A script is answered by what it is for.
/// </summary>
internal static class StockServers
{
    public const string JobId = "11111111-2222-3333-4444-555555555555";

    /// <summary>8.x: no wait route, no actions, no output format but CLIXML and raw; empty bodies with every refusal.</summary>
    /// <param name="wait">How it answers the wait route; 404 unless told otherwise.</param>
    /// <param name="polls">How often a job is busy before it is done.</param>
    public static ScriptedServer EightX(Func<ScriptedExchange, Task>? wait = null, int polls = 1)
    {
        var asked = 0;
        return new ScriptedServer(exchange =>
        {
            var request = exchange.Request;
            return request.Target.Contains("/-/script/wait/", StringComparison.Ordinal)
                ? wait?.Invoke(exchange) ?? exchange.Reply(404, "Not Found")
                : request.Method == "GET"
                    ? exchange.Reply(200, "OK", "<html>This page does not exist.</html>", ("Content-Type", "text/html"))
                    : request.Body.Length == 0
                    ? exchange.Reply(400, "The specified script is invalid.")
                    : exchange.Reply(200, "OK", Answer(request, () => Interlocked.Increment(ref asked) > polls));
        });
    }

    /// <summary>9.0: the wait route tells states and no errors, and sends its records in every reply, whatever was read.</summary>
    /// <param name="waits">Replies of the wait route, the last for ever.</param>
    public static ScriptedServer NineZero(params string[] waits)
    {
        var waited = -1;
        return new ScriptedServer(exchange =>
        {
            var request = exchange.Request;
            return request.Target.Contains("/-/script/wait/", StringComparison.Ordinal)
                ? exchange.Json(waits[Math.Min(Interlocked.Increment(ref waited), waits.Length - 1)])
                : request.Target.Contains("action=test", StringComparison.Ordinal)
                    ? exchange.Json("""{"SPEVersion":"9.0.0","SitecoreVersion":"10.4.0","CurrentTime":"2026-05-02T08:15:30.1234567Z"}""")
                    : request.Target.Contains("action=cleanup", StringComparison.Ordinal)
                        ? exchange.Reply(200, "OK", "Disposed 1 session(s).", ("Content-Type", "text/plain"))
                        : exchange.Reply(200, "OK", Answer(request, () => true));
        });
    }

    /// <summary>The scripts that came, as text.</summary>
    public static string[] Scripts(this ScriptedServer server) =>
        [.. server.Requests.Where(request => request.Method == "POST" && request.Body.Length > 0).Select(request => request.Text)];

    private static string Answer(CapturedRequest request, Func<bool> isDone)
    {
        var script = request.Text;
        if (script.Contains("Receive-ScriptSession", StringComparison.Ordinal))
        {
            return WaitReplies.CliXml(new ArrayList { "result", "warmup-ok" });
        }

        if (script.Contains("LastErrors", StringComparison.Ordinal))
        {
            return WaitReplies.CliXml(new ErrorRecord(
                new InvalidOperationException("item locked"), "ItemLocked", ErrorCategory.ResourceBusy, "target"));
        }

        if (script.Contains("Remove-ScriptSession", StringComparison.Ordinal))
        {
            return "left:0";
        }

        if (script.Contains("Start-ScriptSession", StringComparison.Ordinal))
        {
            return request.Target.Contains("rawOutput=True", StringComparison.Ordinal) ? JobId : WaitReplies.CliXml(JobId);
        }

        if (script.Contains("$PSVersionTable.SPEVersion", StringComparison.Ordinal))
        {
            return WaitReplies.CliXml(
                new Hashtable { ["SPEVersion"] = "8.0.0", ["SitecoreVersion"] = "10.3.0", ["CurrentTime"] = DateTime.UnixEpoch });
        }

        return script.Contains("IsDone", StringComparison.Ordinal) ? Poll(isDone()) : WaitReplies.CliXml("output");
    }

    private static string Poll(bool isDone) => WaitReplies.CliXml(new Hashtable
    {
        ["Name"] = JobId, ["IsDone"] = isDone, ["IsFailed"] = false, ["Status"] = isDone ? "Available" : "Busy",
    });
}
