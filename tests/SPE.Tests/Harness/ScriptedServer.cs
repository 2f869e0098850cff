using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>
/// A server of HTTP/1.1 over a bare socket that does what a test tells it to, right or wrong, and keeps every request.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<ScriptedExchange, Task> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ScriptedExchange> _arrivals = Channel.CreateUnbounded<ScriptedExchange>();
    private readonly List<CapturedRequest> _requests = [];
    private readonly Task _accepting;

    public ScriptedServer(Func<ScriptedExchange, Task> answer)
    {
        _answer = answer;
        _listener.Start();

        // Apart from the test's own context: a test that blocks on a cmdlet must not keep the answer from being given.
        _accepting = Task.Run(Accept);
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public IReadOnlyList<CapturedRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>A server that answers every request the same.</summary>
    public static ScriptedServer Replying(int status, string reason, string body = "", params (string Name, string Value)[] headers) =>
        new(exchange => exchange.Reply(status, reason, body, headers));

    /// <summary>A server that takes requests and never answers.</summary>
    public static ScriptedServer Stalling() => new(exchange => exchange.ClientClosed());

    /// <summary>The next request, with the connection it came by.</summary>
    public async Task<ScriptedExchange> Arrival() => await _arrivals.Reader.ReadAsync().AsTask().Within("a request arrives");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Serve(client);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over; a listener that was stopped between two accepts says that its operation is invalid.
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var reader = new RequestReader(client.GetStream());
                while (await reader.Next(_stop.Token) is { } request)
                {
                    var exchange = new ScriptedExchange(client, request, _stop.Token);
                    lock (_requests)
                    {
                        exchange.Index = _requests.Count;
                        _requests.Add(request);
                    }

                    _arrivals.Writer.TryWrite(exchange);
                    await _answer(exchange);
                    if (exchange.Hangup)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client went away, or the test is over.
        }
    }
}
