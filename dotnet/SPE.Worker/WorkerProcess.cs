using System;
using System.Collections.Concurrent;
using System.IO;
using System.Threading;
using SPE.Worker.Channel;
using SPE.Worker.Runspaces;
using SPE.Worker.Scan;

namespace SPE.Worker;

/// <summary>
/// The worker's side of the channel: this thread reads, one thread runs scripts one after another, one writes.
/// </summary>
/// <param name="stream">The channel.</param>
/// <param name="engine">What hosts the engine, for the server to show.</param>
/// <param name="engineVersion">Version of the engine.</param>
/// <param name="process">The state of the process, null where it is not the worker's own.</param>
internal sealed class WorkerProcess(Stream stream, string engine, string engineVersion, ProcessState? process)
{
    /// <summary>The server hung up.</summary>
    public const int ServerGone = 0;

    /// <summary>The server speaks another protocol (sysexits EX_DATAERR, as the contract says).</summary>
    public const int OtherProtocol = 65;

    /// <summary>What came is not the protocol (sysexits EX_PROTOCOL).</summary>
    public const int Broken = 76;

    /// <summary>
    /// Bytes of stack for the thread of the runs, which may serialise. The pipelines have threads of the engine's size.
    /// </summary>
    private const int StackSize = 16 * 1024 * 1024;

    /// <summary>How long the end of a job and its result are given to reach their caller.</summary>
    private const int AfterJobMilliseconds = 20;

    private readonly ConcurrentDictionary<long, ScriptRun> _runs = new();
    private readonly BlockingCollection<Action<RunspaceSource>> _orders = [];
    private readonly object _ordered = new();

    private volatile bool _failed;

    /// <summary>Serves until the channel ends.</summary>
    /// <returns>The exit code of the process.</returns>
    public int Serve()
    {
        using var queue = new FrameQueue(stream);
        var channel = new WorkerChannel(queue);
        var calls = new CallBroker();
        try
        {
            var reader = new FrameReader(stream);
            if (reader.Read() is not { } first)
            {
                return ServerGone;
            }

            var server = HelloMessage.Parse(first);
            if (server.Protocol != HelloMessage.Spoken)
            {
                Console.Error.WriteLine($"the server speaks protocol {server.Protocol}, this worker {HelloMessage.Spoken}");
                return OtherProtocol;
            }

            new Thread(() => Work(server, channel), StackSize) { IsBackground = true, Name = "runs" }.Start();
            while (reader.Read() is { } frame)
            {
                Take(frame, server, channel, calls);
            }

            return ServerGone;
        }
        catch (IOException) when (!_failed)
        {
            // It hung up while something was on its way to it.
            return ServerGone;
        }
        catch (Exception error)
        {
            // Whatever it was: a worker that cannot hear its server has to go.
            Console.Error.WriteLine($"the channel is broken: {error.Message}");
            return Broken;
        }
        finally
        {
            // Lets go of everybody who waits for the server, then of the script.
            queue.Dispose();
            calls.Close();
            _orders.CompleteAdding();
            foreach (var run in _runs.Values)
            {
                run.Cancel();
            }
        }
    }

    private void Take(in Frame frame, HelloMessage server, WorkerChannel channel, CallBroker calls)
    {
        switch (frame.Type)
        {
            case "run":
                var run = new ScriptRun(RunMessage.Parse(frame), server, channel, calls);
                _runs[run.Message.Run] = run;
                Order(source => Work(run, source));
                break;
            case "scan":
                var scan = ScanMessage.Parse(frame);
                Order(_ => channel.Scanned(scan.Scan, ScriptScan.Of(scan.Script, new AllowedCommands(scan.Commands))));
                break;
            case "forget":
                Order(source => source.Forget());
                break;
            case "cancel" when frame.Run is { } id && _runs.TryGetValue(id, out var cancelled):
                cancelled.Cancel();
                break;
            case "cancel":
                break;
            case "reply":
                calls.Reply(frame);
                break;
            case "ping":
                channel.Pong();
                break;
            default:
                throw new ChannelException($"a message of type '{frame.Type}' is not known");
        }
    }

    private void Order(Action<RunspaceSource> order)
    {
        lock (_ordered)
        {
            _orders.Add(order);
            Monitor.Pulse(_ordered);
        }
    }

    private void Work(HelloMessage server, WorkerChannel channel)
    {
        try
        {
            var source = new RunspaceSource(process);
            WarmUp.Run(source, server);
            channel.Ready(engine, engineVersion);
            foreach (var order in _orders.GetConsumingEnumerable())
            {
                order(source);
            }
        }
        catch (Exception error)
        {
            // Without this thread no run ever ends, so the reader has to notice.
            Console.Error.WriteLine($"runs are not possible any more: {error}");
            _failed = true;
            stream.Dispose();
        }
    }

    private void Work(ScriptRun run, RunspaceSource source)
    {
        var used = run.Execute(source);
        _runs.TryRemove(run.Message.Run, out _);
        if (run.Message.IsJob)
        {
            LetTheResultGoFirst();
        }

        if (used is not null)
        {
            source.Return(used);
        }

        source.Prepare(run.Message.Bounds);
    }

    /// <summary>
    /// Somebody waits for the end of a job, and fetches its result from another process now. What comes here next, closing one
    /// runspace and opening another, would take the processor from that, so it waits a moment, or until there is an order.
    /// </summary>
    private void LetTheResultGoFirst()
    {
        lock (_ordered)
        {
            if (_orders.Count == 0)
            {
                Monitor.Wait(_ordered, AfterJobMilliseconds);
            }
        }
    }
}
