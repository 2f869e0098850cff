using System;
using System.Text;
using SPE.Worker.Channel;

namespace SPE.Worker.Formats;

/// <summary>Turns the text of the output into UTF-8 and sends it in frames as it grows.</summary>
internal sealed class OutputSink(RunChannel channel)
{
    /// <summary>Bytes that are gathered before a frame goes out. Well below the limit, and below the large object heap.</summary>
    private const int Size = 64 * 1024;

    // The encoder keeps the first half of a surrogate pair until the second comes with the next text.
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private byte[]? _buffer;
    private int _filled;

    public void Write(ReadOnlySpan<char> text)
    {
        _buffer ??= new byte[Size];
        while (!text.IsEmpty)
        {
            _encoder.Convert(text, _buffer.AsSpan(_filled), flush: false, out var read, out var written, out _);
            text = text[read..];
            _filled += written;
            if (!text.IsEmpty || Size - _filled < 8)
            {
                Send();
            }
        }
    }

    /// <summary>
    /// Writes CLIXML without the indentation that the engine gives it, a quarter of its size. In the text of a value a line
    /// end is written as <c>_x000A_</c>, so every one that is found is indentation.
    /// </summary>
    public void WriteCliXml(string document)
    {
        var dense = new char[Size / 4];
        var filled = 0;
        var rest = document.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny('\r', '\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[end..].TrimStart(" \r\n");
            if (filled + line.Length > dense.Length)
            {
                Write(dense.AsSpan(0, filled));
                filled = 0;
            }

            if (line.Length > dense.Length)
            {
                Write(line);
            }
            else
            {
                line.CopyTo(dense.AsSpan(filled));
                filled += line.Length;
            }
        }

        Write(dense.AsSpan(0, filled));
    }

    /// <summary>Sends what is left.</summary>
    public void Complete()
    {
        if (_buffer is null)
        {
            return;
        }

        if (Size - _filled < 8)
        {
            Send();
        }

        _encoder.Convert(default, _buffer.AsSpan(_filled), flush: true, out _, out var written, out _);
        _filled += written;
        Send();
    }

    private void Send()
    {
        if (_filled > 0)
        {
            channel.Output(_buffer.AsSpan(0, _filled));
            _filled = 0;
        }
    }
}
