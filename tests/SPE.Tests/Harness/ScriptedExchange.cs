using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>One request and the connection to answer it by.</summary>
internal sealed class ScriptedExchange(TcpClient client, CapturedRequest request, CancellationToken stop)
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CapturedRequest Request => request;

    /// <summary>How many requests the server had before this one.</summary>
    public int Index { get; set; }

    /// <summary>Whether the connection is closed after the answer.</summary>
    public bool Hangup { get; set; }

    /// <summary>Completes when a stalled client gave up; only where the answer is <see cref="ClientClosed"/>.</summary>
    public Task Closed => _closed.Task;

    public Task Reply(int status, string reason, string body = "", params (string Name, string Value)[] headers) =>
        Reply(status, reason, Encoding.UTF8.GetBytes(body), headers);

    public async Task Reply(int status, string reason, byte[] body, (string Name, string Value)[] headers)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {reason}\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await Raw(head.Append("\r\n").ToString());
        await client.GetStream().WriteAsync(body, stop);
    }

    /// <summary>A reply of 200 that holds JSON.</summary>
    public Task Json(string body) => Reply(200, "OK", body, ("Content-Type", "application/json"));

    /// <summary>Bytes as they are, whatever HTTP says.</summary>
    public async Task Raw(string text) => await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), stop);

    /// <summary>Waits until the client closed the connection.</summary>
    public async Task ClientClosed()
    {
        Hangup = true;
        try
        {
            var buffer = new byte[256];
            while (await client.GetStream().ReadAsync(buffer, stop) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is a close.
        }

        _closed.TrySetResult();
    }
}
