using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>Reads requests of HTTP/1.1 one after another, with bodies of known length or in chunks.</summary>
internal sealed class RequestReader(NetworkStream stream) : IDisposable
{
    private readonly BufferedStream _input = new(stream);

    public void Dispose() => _input.Dispose();

    /// <summary>The next request, or null when the client closed the connection.</summary>
    public async Task<CapturedRequest?> Next(CancellationToken stop)
    {
        var start = await Line(stop);
        if (start is null)
        {
            return null;
        }

        var headers = new List<(string Name, string Value)>();
        while (await Line(stop) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        var parts = start.Split(' ');
        var request = new CapturedRequest(parts[0], parts[1], headers, []);
        return request with { Body = await Body(request, stop) };
    }

    private async Task<byte[]> Body(CapturedRequest request, CancellationToken stop)
    {
        if (request.Header("Transfer-Encoding") is null)
        {
            return await Exactly(
                int.Parse(request.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture), stop);
        }

        var body = new List<byte>();
        while (int.Parse(await Line(stop) ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var length and > 0)
        {
            body.AddRange(await Exactly(length, stop));
            await Line(stop);
        }

        await Line(stop);
        return [.. body];
    }

    private async Task<byte[]> Exactly(int length, CancellationToken stop)
    {
        var bytes = new byte[length];
        await _input.ReadExactlyAsync(bytes, stop);
        return bytes;
    }

    private async Task<string?> Line(CancellationToken stop)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await _input.ReadAsync(one, stop) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.ASCII.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }
}
