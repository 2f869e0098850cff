using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>
/// Speaks TLS in front of a server that does not, as a load balancer does, and keeps what clients proved themselves with.
/// </summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ScriptedServer _behind;
    private readonly SslServerAuthenticationOptions _options;
    private readonly Task _accepting;

    public TlsFront(ScriptedServer behind, X509Certificate2 certificate, bool wantsClient = false)
    {
        _behind = behind;
        _options = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = wantsClient,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, client, _, _) => !wantsClient || client is not null,
        };
        _listener.Start();
        _accepting = Task.Run(Accept);
    }

    public Uri Uri => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Subjects of the clients' certificates, empty for those that had none, and the protocol that was agreed on.</summary>
    public ConcurrentQueue<(string Client, string Protocol)> Connections { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
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
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            using var _ = client;
            await using var secure = new SslStream(client.GetStream());
            await secure.AuthenticateAsServerAsync(_options, _stop.Token);
            Connections.Enqueue((secure.RemoteCertificate?.Subject ?? "", $"{secure.NegotiatedApplicationProtocol}"));
            using var inner = new TcpClient();
            await inner.ConnectAsync(IPAddress.Loopback, _behind.Uri.Port, _stop.Token);
            await using var plain = inner.GetStream();
            await Task.WhenAny(secure.CopyToAsync(plain, _stop.Token), plain.CopyToAsync(secure, _stop.Token));
        }
        catch (Exception error) when (error is IOException or AuthenticationException or OperationCanceledException or SocketException)
        {
            // The client did not agree, went away, or the test is over.
        }
    }
}
