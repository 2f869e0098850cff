using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>Addresses at which nothing answers.</summary>
internal static class Ports
{
    /// <summary>An address that refuses connections: its port was free a moment ago.</summary>
    public static Uri Closed()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}");
    }

    /// <summary>
    /// An address that neither accepts nor refuses: the queue of its listener is full, so connecting hangs.
    /// </summary>
    internal sealed class BlackHole : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _queued = [];

        public BlackHole()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            var end = _listener.LocalEndPoint!;

            // Connections are queued until one is not taken any more; from then on none is.
            for (var full = false; !full;)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _queued.Add(socket);
                full = !socket.ConnectAsync(end).Wait(TimeSpan.FromMilliseconds(300)) || _queued.Count > 64;
            }
        }

        public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

        public void Dispose()
        {
            foreach (var socket in _queued.Append(_listener))
            {
                socket.Dispose();
            }
        }
    }
}
