using System;
using System.Buffers.Binary;
using System.IO;
using System.Text.Json;

namespace SPE.Worker.Tests.Harness;

/// <summary>
/// Frames as docs/developers/worker-channel.md describes them, written for the tests: the worker's own code on both ends would
/// agree with itself about anything.
/// </summary>
internal static class Wire
{
    private const int MaxHeader = 65_536;
    private const int MaxPayload = 1_048_576;

    /// <summary>Sends a message in as many frames as it needs. <paramref name="fields"/> has type, run and call.</summary>
    public static void Write(Stream stream, object fields, ReadOnlySpan<byte> payload = default, object? continuation = null)
    {
        var header = JsonSerializer.SerializeToElement(fields);
        while (payload.Length > MaxPayload)
        {
            WriteFrame(stream, header, payload[..MaxPayload], more: true);
            payload = payload[MaxPayload..];
            header = JsonSerializer.SerializeToElement(continuation ?? fields);
        }

        WriteFrame(stream, header, payload, more: false);
    }

    /// <summary>The next frame, null at the end of the channel. A frame over a limit is an error.</summary>
    public static Message? Read(Stream stream)
    {
        var prefix = new byte[8];
        var got = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        if (got == 0)
        {
            return null;
        }

        var header = new byte[Length(prefix.AsSpan(0, 4), MaxHeader)];
        var payload = new byte[Length(prefix.AsSpan(4, 4), MaxPayload)];
        stream.ReadExactly(header);
        stream.ReadExactly(payload);
        return new Message(JsonDocument.Parse(header).RootElement, payload);
    }

    private static void WriteFrame(Stream stream, JsonElement header, ReadOnlySpan<byte> payload, bool more)
    {
        var text = header.GetRawText();
        if (more)
        {
            text = text[..^1] + ",\"more\":true}";
        }

        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix.AsSpan(4), (uint)payload.Length);
        stream.Write(prefix);
        stream.Write(bytes);
        stream.Write(payload);
    }

    private static int Length(ReadOnlySpan<byte> bytes, int limit)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length <= limit ? (int)length : throw new InvalidDataException($"a frame announces {length} bytes");
    }
}
