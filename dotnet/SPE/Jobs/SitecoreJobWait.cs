using System;
using System.Collections.Generic;
using System.Linq;
using SPE.Commands;
using SPE.Errors;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;
using SPE.Streams;

namespace SPE.Jobs;

/// <summary>
/// The wait for Sitecore jobs, all at once (client-module.md 13). No script is sent as long as the server has the wait route, so it
/// works under every policy.
/// </summary>
internal sealed class SitecoreJobWait(RemoteCmdlet cmdlet, Remote remote, ScriptOptions options)
{
    private const string GoesOn = "The jobs go on, and can be waited for again.";

    // jobs run on one server; that is the first.
    private readonly Endpoint _endpoint = remote.Endpoints[0];

    public int HoldSeconds { get; init; } = 30;

    /// <summary>Pause between two rounds of polling and after a transport failure, in seconds.</summary>
    public int DelaySeconds { get; init; } = 1;

    /// <summary>Waits for jobs, each of which is named once (CM-D-21).</summary>
    public void Run(IEnumerable<string> ids)
    {
        if (_endpoint.Problem is { } problem)
        {
            cmdlet.Report(FailureErrors.ToRecord(problem, _endpoint.Address));
            return;
        }

        if (remote.Endpoints.Count > 1)
        {
            cmdlet.Report(FailureErrors.SeveralConnections(_endpoint.Address));
        }

        var left = ids.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (!remote.Memory.IsWithoutWait(_endpoint))
        {
            left = WaitFor(left);
        }

        if (left.Count > 0)
        {
            Poll(left);
        }
    }

    /// <summary>Waits by the wait route; what is left is to be polled, since the server has none.</summary>
    private List<string> WaitFor(List<string> ids)
    {
        var left = new List<string>();
        var calls = ids.Select(Request).ToArray();
        cmdlet.Drive((client, onEvent, token) => ParallelWaits.Run(client, calls, onEvent, End, token));
        return left;

        bool End(WaitCall call, Outcome<WaitResult> outcome)
        {
            if (outcome.Failure is { } failure)
            {
                // What refuses or cannot be reached for one job is so for all of them (CM-D-07).
                cmdlet.Report(FailureErrors.ToRecord(failure, _endpoint.Address, GoesOn));
                left.Clear();
                return false;
            }

            if (outcome.Reply!.NotSupported)
            {
                left.Add(call.JobId);
                WaitRoute.Lacks(cmdlet, remote, _endpoint);
            }
            else
            {
                Tell(call.JobId, outcome.Reply);
            }

            return true;
        }
    }

    private WaitCall Request(string id) => new()
    {
        Target = remote.To(_endpoint),
        JobId = id,
        JobType = "sitecore",
        HoldSeconds = HoldSeconds,
        MaxRetries = options.MaxRetries,
        DelaySeconds = DelaySeconds,
    };

    private void Tell(string id, WaitResult result)
    {
        cmdlet.Tell($"The job {result.Name} ended with status {result.Status}.");
        if (result.Status is "Failed" or "Stopped")
        {
            cmdlet.Report(RemoteError.OfJob(id, result, _endpoint.Address));
        }
    }

    /// <summary>Asks by script, all jobs in a round, until none is left.</summary>
    private void Poll(List<string> ids)
    {
        var asking = options with { Format = "CliXml", RouteErrors = true };
        while (true)
        {
            foreach (var id in ids.ToArray())
            {
                var outcome = cmdlet.Run(JobScripts.PollSitecore(id), remote, _endpoint, asking);
                var reply = outcome.Failure is null ? PollReply.Read(outcome.Reply!) : null;
                if (reply is null)
                {
                    new ReplyWriter(cmdlet, asking).Write(outcome, _endpoint);
                    cmdlet.Warn($"{_endpoint.Address} did not tell how the job {id} is. {GoesOn}");
                    return;
                }

                if (reply.IsDone)
                {
                    ids.Remove(id);
                    Tell(id, new WaitResult { Name = reply.Name, Status = reply.IsFailed ? "Failed" : reply.Status });
                }
                else
                {
                    cmdlet.Tell($"The job {reply.Name} has status {reply.Status}.");
                }
            }

            if (ids.Count == 0)
            {
                return;
            }

            cmdlet.Pause(DelaySeconds);
        }
    }
}
