using System;
using System.IO;
using System.Threading.Tasks;

namespace SPE.Worker.Tests.Harness;

/// <summary>
/// The worker in this process, behind a real socket, as a fixture of a test class. The test is its server.
/// </summary>
public sealed class TestWorker : IDisposable
{
    private readonly Stream _workersEnd;

    /// <summary>Starts one and waits until it is ready.</summary>
    public TestWorker()
        : this(protocol: 1)
    {
        Ready = Client.Next();
    }

    private TestWorker(int protocol)
    {
        (var server, _workersEnd) = SocketPair.Create();
        Served = Task.Factory.StartNew(
            new WorkerProcess(_workersEnd, "tests", "0.0", process: null).Serve, TaskCreationOptions.LongRunning);
        Client = new WorkerClient(server);
        Client.Greet(protocol);
    }

    internal WorkerClient Client { get; }

    internal Message? Ready { get; }

    /// <summary>The exit code it would leave with.</summary>
    internal Task<int> Served { get; }

    /// <summary>One that is greeted in another protocol.</summary>
    internal static TestWorker Greeted(int protocol) => new(protocol);

    public void Dispose()
    {
        Client.Dispose();
        Served.Wait(Deadline.Generous);
        _workersEnd.Dispose();
    }

    internal void HangUp() => Client.Dispose();

    internal void Send(object fields, ReadOnlySpan<byte> payload = default) => Client.Send(fields, payload);

    /// <inheritdoc cref="WorkerClient.Run"/>
    internal RunResult Run(string script, Order? order = null, Func<Message, Reply?>? server = null) =>
        Client.Run(script, order, server);

    /// <inheritdoc cref="WorkerClient.Begin(string, Order?)"/>
    internal long Begin(string script, Order? order = null) => Client.Begin(script, order);

    /// <inheritdoc cref="WorkerClient.Begin(string, Order?)"/>
    internal long Begin(byte[] script) => Client.Begin(script);

    /// <inheritdoc cref="WorkerClient.Finish"/>
    internal RunResult Finish(long run, Func<Message, Reply?>? server = null) => Client.Finish(run, server);

    /// <inheritdoc cref="WorkerClient.Scan"/>
    internal Message Scan(string script, params string[] commands) => Client.Scan(script, commands);

    internal void Cancel(long run) => Client.Cancel(run);

    internal void Answer(Message call, Reply reply) => Client.Answer(call, reply);

    /// <inheritdoc cref="WorkerClient.Next"/>
    internal Message Next() => Client.Next();
}
