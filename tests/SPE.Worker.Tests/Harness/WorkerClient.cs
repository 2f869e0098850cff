using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;

namespace SPE.Worker.Tests.Harness;

/// <summary>The server's end of a channel, held by a test.</summary>
internal sealed class WorkerClient : IDisposable
{
    private readonly BlockingCollection<Message> _messages = [];
    private readonly Stream _channel;
    private long _lastRun;

    public WorkerClient(Stream channel)
    {
        _channel = channel;
        new Thread(Read) { IsBackground = true }.Start();
    }

    public void Dispose() => _channel.Dispose();

    public void Greet(int protocol) => Send(new { type = "hello", protocol, speVersion = "10.0.0", sitecoreVersion = "9.3.0" });

    public void Send(object fields, ReadOnlySpan<byte> payload = default, object? continuation = null) =>
        Wire.Write(_channel, fields, payload, continuation);

    /// <summary>Runs a script to its end.</summary>
    public RunResult Run(string script, Order? order = null, Func<Message, Reply?>? server = null) =>
        Finish(Begin(script, order), server);

    /// <summary>Sends the order to run a script.</summary>
    /// <returns>The id of the run.</returns>
    public long Begin(string script, Order? order = null) => Begin(Encoding.UTF8.GetBytes(script), order);

    /// <inheritdoc cref="Begin(string, Order?)"/>
    public long Begin(byte[] script, Order? order = null)
    {
        order ??= Order.Script;
        var run = Interlocked.Increment(ref _lastRun);
        Send(
            new
            {
                type = "run",
                run,
                kind = order.Kind,
                format = order.Format,
                scriptLength = script.Length,
                argumentsAs = order.ArgumentsAs,
                captureStreams = order.CaptureStreams,
                keepRunspace = order.KeepRunspace,
                languageMode = order.LanguageMode,
                commands = order.Commands,
                sessionId = order.SessionId,
                jobName = order.JobName,
                user = order.User,
                policy = order.Policy,
                rid = "0a1b2c3d",
            },
            [.. script, .. Encoding.UTF8.GetBytes(order.Arguments ?? "")],
            new { type = "run", run });
        return run;
    }

    /// <summary>
    /// Takes everything until the run is done. Its calls are answered by <paramref name="server"/>, or left open where that
    /// gives null.
    /// </summary>
    public RunResult Finish(long run, Func<Message, Reply?>? server = null)
    {
        var messages = new List<Message>();
        do
        {
            var message = Next();
            if (message.Run != run)
            {
                throw new InvalidDataException($"run {message.Run} speaks while {run} runs");
            }

            messages.Add(message);
            if (message.Type == "call"
                && (server ?? throw new InvalidOperationException("The script calls the server."))(message) is { } reply)
            {
                Answer(message, reply);
            }
        }
        while (messages[^1].Type != "done");
        return new RunResult(messages);
    }

    /// <summary>Has a script looked at.</summary>
    public Message Scan(string script, params string[] commands)
    {
        var scan = Interlocked.Increment(ref _lastRun);
        Send(
            new { type = "scan", scan, commands, fullLanguage = false },
            Encoding.UTF8.GetBytes(script),
            new { type = "scan", scan });
        return Next();
    }

    public void Cancel(long run) => Send(new { type = "cancel", run });

    public void Answer(Message call, Reply reply)
    {
        var fields = new Dictionary<string, object?>(reply.Fields)
        {
            ["type"] = "reply",
            ["run"] = call.Run,
            ["call"] = call.Header.GetProperty("call").GetInt64(),
        };
        Send(fields, reply.Payload);
    }

    /// <summary>The next message, whatever it is.</summary>
    public Message Next() => _messages.TryTake(out var message, Deadline.Generous)
        ? message
        : throw new TimeoutException("The worker sends nothing.");

    private void Read()
    {
        try
        {
            while (Wire.Read(_channel) is { } message)
            {
                _messages.Add(message);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // One of both hung up.
        }
    }
}
