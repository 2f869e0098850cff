using System;
using System.Management.Automation;
using SPE.Commands;
using SPE.Errors;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;
using SPE.Streams;

namespace SPE.Jobs;

/// <summary>The wait for one job and what comes after it: its results, its failure, or word that nobody knows it.</summary>
internal sealed class ScriptSessionWait(RemoteCmdlet cmdlet, Remote remote, string id, ScriptOptions options)
{
    private const string GoesOn = "A job that was running goes on, and can be waited for again.";

    // a job runs on one server; that is the first.
    private readonly Endpoint _endpoint = remote.Endpoints[0];

    public int HoldSeconds { get; init; } = 30;

    /// <summary>Pause between polls and after a transport failure.</summary>
    public int DelaySeconds { get; init; } = 1;

    public string? Cursor { get; init; }

    public required Callbacks Callbacks { get; init; }

    public void Run()
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

        if (remote.Memory.IsWithoutWait(_endpoint))
        {
            Poll();
            return;
        }

        var outcome = cmdlet.Call((client, onEvent, token) => client.Wait(Request(), onEvent, token), OnEvent);
        if (outcome.Failure is { } failure)
        {
            cmdlet.Report(FailureErrors.ToRecord(failure, _endpoint.Address, GoesOn));
        }
        else if (outcome.Reply!.NotSupported)
        {
            WaitRoute.Lacks(cmdlet, remote, _endpoint);
            Poll();
        }
        else
        {
            End(outcome.Reply);
        }
    }

    private WaitCall Request() => new()
    {
        Target = remote.To(_endpoint),
        JobId = id,
        HoldSeconds = HoldSeconds,
        MaxRetries = options.MaxRetries,
        DelaySeconds = DelaySeconds,
        Cursor = string.IsNullOrEmpty(Cursor) ? null : Cursor,
        WantRecords = Callbacks.WantRecords || !string.IsNullOrEmpty(Cursor),
    };

    private void OnEvent(OperationEvent item)
    {
        if (item is RecordsEvent records)
        {
            Callbacks.Deliver(records.Records);
        }
        else if (item is CursorEvent cursor)
        {
            cmdlet.WriteObject(Callbacks.Deliver(cursor.Cursor), enumerateCollection: true);
        }
    }

    private void End(WaitResult result)
    {
        cmdlet.Tell($"The job {id} ended with status {result.Status}.");
        if (Is(result, "NotFound"))
        {
            cmdlet.Warn(
                $"{_endpoint.Address} knows no job {id}. It never existed, its results were received and its time is over, "
                + "or the server restarted.");
        }
        else if (Is(result, "Failed") || Is(result, "Stopped"))
        {
            Receive(isFailed: true);
            cmdlet.Report(RemoteError.OfJob(id, result, _endpoint.Address));
        }
        else
        {
            TellErrors(result.TellsErrors);
            Receive(isFailed: false);
        }
    }

    /// <summary>
    /// Tells the errors of a job on a server that would not (CM-D-04), unless a callback had them. They are an extra: a policy that
    /// forbids asking costs nothing else.
    /// </summary>
    private void TellErrors(bool areTold)
    {
        if (areTold || Callbacks.WantErrors)
        {
            return;
        }

        var outcome = cmdlet.Run(JobScripts.LastErrors(id), remote, _endpoint, options with { Format = "CliXml" });
        if (outcome.Failure is { } failure)
        {
            cmdlet.Tell($"The errors of the job {id} could not be asked for: {failure.Message}");
            return;
        }

        CliXmlReply.TryRead(outcome.Reply!.Body, Tell, out _);

        void Tell(object? item)
        {
            if (item is PSObject error && RemoteRecord.KindOf(error) == RecordKind.Error)
            {
                cmdlet.Report(RemoteError.OfRecord(error, outcome.Reply!.RequestId));
            }
        }
    }

    /// <summary>
    /// Hands over the results. Of a failed job these are what it wrote before; that they cannot be had is then no error of its
    /// own, beside the one that matters.
    /// </summary>
    private void Receive(bool isFailed)
    {
        var outcome = cmdlet.Run(JobScripts.Receive(id), remote, _endpoint, options);
        if (isFailed && outcome.Failure is { } failure)
        {
            cmdlet.Tell($"The results of the job {id} could not be received: {failure.Message}");
            return;
        }

        new ReplyWriter(cmdlet, options).Write(outcome, _endpoint);
    }

    /// <summary>Asks by script until the job is done, on servers without the wait route (client-module.md 12.5).</summary>
    private void Poll()
    {
        var asking = options with { Format = "CliXml", RouteErrors = true };
        while (true)
        {
            var outcome = cmdlet.Run(JobScripts.Poll(id), remote, _endpoint, asking);
            if (outcome.Failure is { } failure)
            {
                cmdlet.Report(FailureErrors.ToRecord(failure, _endpoint.Address, GoesOn));
                return;
            }

            switch (PollReply.Read(outcome.Reply!))
            {
                case null:
                    new ReplyWriter(cmdlet, asking).Write(outcome, _endpoint);
                    cmdlet.Warn($"{_endpoint.Address} did not tell how the job {id} is. {GoesOn}");
                    return;
                case { IsDone: true } reply:
                    cmdlet.Tell($"The job {reply.Name} ended with status {reply.Status}.");
                    TellErrors(areTold: false);
                    Receive(isFailed: false);
                    return;
                case { } reply:
                    cmdlet.Tell($"The job {reply.Name} has status {reply.Status}.");
                    cmdlet.Pause(DelaySeconds);
                    break;
            }
        }
    }

    private static bool Is(WaitResult result, string status) =>
        result.Status.Equals(status, StringComparison.OrdinalIgnoreCase);
}
