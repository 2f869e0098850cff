using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace SPE.Worker.Channel;

/// <summary>Reads frames and joins those of one message. For one thread.</summary>
internal sealed class FrameReader(Stream stream)
{
    private readonly Dictionary<(string Type, long? Run, long? Call), (JsonElement Header, MemoryStream Payload)> _partial = [];
    private readonly byte[] _prefix = new byte[Frame.Prefix];

    /// <summary>The next whole message, null at the end of the channel.</summary>
    /// <exception cref="ChannelException">The bytes are not frames.</exception>
    public Frame? Read()
    {
        while (ReadFrame() is { } frame)
        {
            var key = (frame.Type, frame.Run, frame.Call);
            var begun = _partial.TryGetValue(key, out var partial);
            if (!begun && !frame.More)
            {
                return frame;
            }

            if (!begun)
            {
                partial = (frame.Header, new MemoryStream());
                _partial.Add(key, partial);
            }

            partial.Payload.Write(frame.Payload);
            if (!frame.More)
            {
                _partial.Remove(key);
                return new Frame(partial.Header, partial.Payload.ToArray());
            }
        }

        return null;
    }

    private Frame? ReadFrame()
    {
        var got = stream.ReadAtLeast(_prefix, Frame.Prefix, throwOnEndOfStream: false);
        if (got < Frame.Prefix)
        {
            return got == 0 ? null : throw new ChannelException("the channel ended inside a frame");
        }

        var header = Allocate(_prefix.AsSpan(0, 4), Frame.MaxHeader, "header");
        var payload = Allocate(_prefix.AsSpan(4, 4), Frame.MaxPayload, "payload");
        try
        {
            stream.ReadExactly(header);
            stream.ReadExactly(payload);
        }
        catch (EndOfStreamException error)
        {
            throw new ChannelException("the channel ended inside a frame", error);
        }

        try
        {
            using var document = JsonDocument.Parse(header);
            var frame = new Frame(document.RootElement.Clone(), payload);
            return frame.Type.Length > 0 ? frame : throw new ChannelException("a frame has no type");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ChannelException("the header of a frame is not a JSON object with a type", error);
        }
    }

    private static byte[] Allocate(ReadOnlySpan<byte> length, int limit, string what)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(length);
        return size <= limit ? new byte[size] : throw new ChannelException($"a frame announces a {what} of {size} bytes");
    }
}
