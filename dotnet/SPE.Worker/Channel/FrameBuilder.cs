using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace SPE.Worker.Channel;

/// <summary>Makes the bytes of a frame.</summary>
internal static class FrameBuilder
{
    /// <summary>A frame of <paramref name="type"/> whose other fields <paramref name="fields"/> writes.</summary>
    public static byte[] Build(string type, Action<Utf8JsonWriter>? fields, ReadOnlySpan<byte> payload)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + payload.Length);
        buffer.Advance(Frame.Prefix);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            fields?.Invoke(json);
            json.WriteEndObject();
        }

        var header = buffer.WrittenCount - Frame.Prefix;
        if (header > Frame.MaxHeader || payload.Length > Frame.MaxPayload)
        {
            throw new ChannelException($"a frame of type {type} is too large: {header} and {payload.Length} bytes");
        }

        buffer.Write(payload);
        var frame = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)header);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (uint)payload.Length);
        return frame;
    }
}
