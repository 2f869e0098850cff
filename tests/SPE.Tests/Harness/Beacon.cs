using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>
/// Lets a test see what a remote script does while it runs, without polling: the script connects here when it starts, and
/// its end, however it comes, closes the connection.
/// </summary>
internal sealed class Beacon : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Beacon() => _listener.Start();

    /// <summary>Wraps remote script text: it reports, runs, and hangs up even when it is stopped.</summary>
    public string Around(string script) =>
        $$"""
        $beacon = [System.Net.Sockets.TcpClient]::new('127.0.0.1', {{((IPEndPoint)_listener.LocalEndpoint).Port}})
        try {
            $hello = [System.Text.Encoding]::ASCII.GetBytes("$PID`n")
            $beacon.GetStream().Write($hello, 0, $hello.Length)
            {{script}}
        } finally { $beacon.Dispose() }
        """;

    /// <summary>
    /// Script text, inside of <see cref="Around"/>, that goes on when the test calls <see cref="Signal.Release"/>.
    /// </summary>
    public const string AwaitRelease = "[void]$beacon.GetStream().ReadByte()";

    /// <summary>The next script that reports.</summary>
    public async Task<Signal> Arrival()
    {
        var client = await _listener.AcceptTcpClientAsync().Within("the remote script starts");
        var reader = new StreamReader(client.GetStream());
        var line = await reader.ReadLineAsync().Within("the remote script says who it is");
        return new Signal(client, reader, int.Parse(line!, null));
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>A script that is running.</summary>
    internal sealed class Signal : IDisposable
    {
        private readonly TcpClient _client;

        public Signal(TcpClient client, StreamReader reader, int processId)
        {
            _client = client;
            ProcessId = processId;
            Ended = Task.Run(() => End(reader));
        }

        /// <summary>The worker process it runs in.</summary>
        public int ProcessId { get; }

        /// <summary>Completes when the script has ended in any way.</summary>
        public Task Ended { get; }

        public void Release() => _client.GetStream().WriteByte(1);

        public void Dispose() => _client.Dispose();

        private static async Task End(StreamReader reader)
        {
            try
            {
                await reader.ReadToEndAsync();
            }
            catch (IOException)
            {
                // A killed process resets the connection, which is an end as well.
            }
        }
    }
}
