using System;
using System.IO;
using System.Net.Sockets;

namespace SPE.Worker.Tests.Harness;

/// <summary>Two ends of a UNIX stream connection, like the socket pair of server and worker.</summary>
internal static class SocketPair
{
    public static (Stream Server, Stream Worker) Create()
    {
        var (server, worker) = CreateSockets();
        return (new NetworkStream(server, ownsSocket: true), new NetworkStream(worker, ownsSocket: true));
    }

    public static (Socket Server, Socket Worker) CreateSockets()
    {
        // An abstract name: no file is left behind.
        var address = new UnixDomainSocketEndPoint($"\0spe-{Guid.NewGuid():N}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen(1);
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Connect(address);
        return (server, listener.Accept());
    }
}
