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

    /// <summary>Puts bytes of UTF-8 behind what is there. Not to be mixed with text.</summary>
    public void WriteUtf8(ReadOnlySpan<byte> bytes)
    {
        _buffer ??= new byte[Size];
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, Size - _filled)];
            part.CopyTo(_buffer.AsSpan(_filled));
            _filled += part.Length;
            bytes = bytes[part.Length..];
            if (Size - _filled < 8)
            {
                Send();
            }
        }
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
