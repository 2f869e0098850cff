using System;
using System.Linq;
using System.Threading;
using SPE.Commands;
using SPE.Errors;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;

namespace SPE.Jobs;

/// <summary>
/// Waits until a server runs jobs (client-module.md 15): it answers, it starts a job, the job ends. One job at a time, none beyond the
/// time that is left (CM-D-41).
/// </summary>
internal sealed class WarmUp(RemoteCmdlet cmdlet, Remote remote, int timeoutSeconds, CancellationToken deadline)
{
    private const int PauseSeconds = 2;
    private const int LongestHold = 60;
    private const string Answer = "warmup-ok";

    private static readonly ScriptOptions Raw = new() { Format = "Raw" };

    private readonly long _end = Environment.TickCount64 + timeoutSeconds * 1000L;
    private Endpoint _endpoint = remote.Endpoints[0];
    private string _problem = "The server did not answer.";
    private string _last = "";

    /// <summary>Returns when the server is ready, and ends the command when the time is over.</summary>
    public void Run()
    {
        while (!IsReady())
        {
            if (SecondsLeft() <= PauseSeconds)
            {
                var last = _last.Length > 0 ? $" The last error was: {_last}" : "";
                cmdlet.ThrowTerminatingError(FailureErrors.NotReady(
                    $"{_endpoint.Address} was not ready within {timeoutSeconds} s (-TimeoutSeconds). {_problem}{last}", _endpoint.Address));
            }

            cmdlet.Pause(PauseSeconds);
        }
    }

    private bool IsReady()
    {
        if (!Answers())
        {
            _problem = "It never accepted the sign-in of a connection test.";
            return false;
        }

        cmdlet.Tell($"{_endpoint.Address} answers; starting a job.");
        if (Start() is not { Length: > 0 } id)
        {
            _problem = "It accepted the sign-in, but no job could be started.";
            return false;
        }

        cmdlet.Tell($"The job {id} was started; waiting for its end.");
        if (!Completes(id))
        {
            _problem = "A job was started, but it never completed.";
            return false;
        }

        cmdlet.Tell($"{_endpoint.Address} is ready.");
        return true;
    }

    /// <summary>The first server that answers is the one whose jobs are tried.</summary>
    private bool Answers()
    {
        foreach (var endpoint in remote.Endpoints)
        {
            var outcome = Call(endpoint, (client, onEvent, token) => client.Test(remote.To(endpoint), onEvent, token));
            if (OldServer.MayBe(outcome.Failure) ? AnswersByScript(endpoint) : Succeeds(endpoint, outcome))
            {
                _endpoint = endpoint;
                return true;
            }
        }

        return false;
    }

    /// <summary>The same on a server of 8.x, which does not know the connection test.</summary>
    private bool AnswersByScript(Endpoint endpoint)
    {
        var versions = new OldServer(cmdlet, remote, endpoint).Versions(script =>
        {
            var outcome = Script(endpoint, script, new ScriptOptions());
            _last = outcome.Failure?.Message ?? $"{endpoint.Address} did not tell its version.";
            return outcome;
        });
        return versions is not null;
    }

    private string? Start()
    {
        var outcome = Script(_endpoint, JobScripts.Start($"'{Answer}'"), Raw);
        return Succeeds(_endpoint, outcome) && outcome.Reply is { Status: < 300 } reply && reply.Body.All(IsOfId) ? reply.Body : null;
    }

    private bool Completes(string id)
    {
        if (remote.Memory.IsWithoutWait(_endpoint))
        {
            return Polls(id);
        }

        var call = new WaitCall { Target = remote.To(_endpoint), JobId = id, HoldSeconds = Math.Clamp(SecondsLeft(), 1, LongestHold) };
        var outcome = Call(_endpoint, (client, onEvent, token) => client.Wait(call, onEvent, token));
        if (outcome.Failure is { } failure)
        {
            _last = failure.Message;
            return false;
        }

        if (outcome.Reply!.NotSupported)
        {
            WaitRoute.Lacks(cmdlet, remote, _endpoint);
            return Polls(id);
        }

        _last = outcome.Reply.Error?.Message ?? _last;
        return HasAnswered(id);
    }

    private bool HasAnswered(string id)
    {
        var results = Script(_endpoint, JobScripts.Receive(id), Raw);
        return Succeeds(_endpoint, results) && results.Reply!.Body.Contains(Answer, StringComparison.Ordinal);
    }

    /// <summary>The same on a server without the wait route.</summary>
    private bool Polls(string id)
    {
        while (SecondsLeft() > 0)
        {
            var outcome = Script(_endpoint, JobScripts.Poll(id), new ScriptOptions());
            var reply = Succeeds(_endpoint, outcome) ? PollReply.Read(outcome.Reply!) : null;
            if (reply is null)
            {
                return false;
            }

            if (reply.IsDone)
            {
                return HasAnswered(id);
            }

            cmdlet.Pause(1);
        }

        return false;
    }

    private Outcome<Reply> Script(Endpoint endpoint, RemoteScript script, ScriptOptions options) => Call(
        endpoint,
        (client, onEvent, token) => client.RunScript(
            script.To(remote.To(endpoint), persistentSession: false, options), onEvent, token));

    private Outcome<T> Call<T>(
        Endpoint endpoint, Func<ISpeClient, Action<OperationEvent>, CancellationToken, Outcome<T>> call)
        where T : class
    {
        if (endpoint.Problem is { } problem)
        {
            return new Outcome<T>(problem);
        }

        return cmdlet.Call((client, onEvent, token) =>
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(token, deadline);
            try
            {
                return call(client, onEvent, bound.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !token.IsCancellationRequested)
            {
                return new Outcome<T>(new Failure
                {
                    Kind = FailureKind.Timeout,
                    Message = _last.Length > 0 ? _last : $"{endpoint.Address} did not answer in time.",
                });
            }
        });
    }

    private bool Succeeds<T>(Endpoint endpoint, Outcome<T> outcome)
        where T : class
    {
        if (outcome.Failure is { } failure)
        {
            _last = failure.Message;
            cmdlet.Tell($"{endpoint.Address} is not ready: {failure.Message}");
        }

        return outcome.Failure is null;
    }

    private int SecondsLeft() => (int)((_end - Environment.TickCount64) / 1000);

    private static bool IsOfId(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':';
}
