using System;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace SPE.Tests.Harness;

/// <summary>Stands between module and server and keeps what went by, so that a test can count requests.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    private readonly ScriptedServer _front;
    private Uri? _server;

    public CountingProxy() => _front = new ScriptedServer(Forward);

    public Uri Uri => _front.Uri;

    public int Waits => _front.Requests.Count(request => request.Target.StartsWith("/-/script/wait/", StringComparison.Ordinal));

    /// <summary>Starts a server behind it that takes tokens for the proxy's address (authentication 2.1).</summary>
    public async Task<TestServer> StartServer()
    {
        var server = await TestServer.Start(config =>
        {
            var provider = config.Descendants("authenticationProvider").Single();
            provider.Elements("allowedAudiences").Remove();
            provider.Add(new XElement(
                "allowedAudiences",
                new XAttribute("hint", "list"),
                new XElement("audience", Uri.GetLeftPart(UriPartial.Authority))));
        });
        _server = server.Uri;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        _client.Dispose();
    }

    private async Task Forward(ScriptedExchange exchange)
    {
        using var message = new HttpRequestMessage(
            new HttpMethod(exchange.Request.Method), new Uri(_server!, exchange.Request.Target));
        message.Content = new ByteArrayContent(exchange.Request.Body);
        foreach (var (name, value) in exchange.Request.Headers.Where(header => !IsOfTheHop(header.Name)))
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var reply = await _client.SendAsync(message);
        var headers = reply.Headers.Concat(reply.Content.Headers).Where(header => !IsOfTheHop(header.Key));
        await exchange.Reply(
            (int)reply.StatusCode,
            reply.ReasonPhrase ?? "",
            await reply.Content.ReadAsByteArrayAsync(),
            [.. headers.SelectMany(header => header.Value, (header, value) => (header.Key, value))]);
    }

    private static bool IsOfTheHop(string name) =>
        new[] { "Host", "Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive" }.Contains(
            name, StringComparer.OrdinalIgnoreCase);
}
