using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SPE.Worker.Formats;

/// <summary>
/// One JSON object with <c>output</c> and <c>errors</c> (wire-protocol.md 4.4). What a script that failed put out before is there as well,
/// and the error that ended it comes last (WP-D-50).
/// </summary>
internal sealed class JsonOutput(OutputSink sink, JsonForm form, Action<string> warn) : RunOutput
{
    /// <summary>Everything that may stand in JSON as it is; the reply is JSON and no page.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 };

    private readonly List<object?> _items = [];
    private readonly List<ErrorRecord> _errors = [];
    private ErrorRecord? _failure;

    public override bool HasObjects => true;

    public override void Add(object? item) => _items.Add(item);

    /// <summary>Errors stay in their own place, also where the other streams are captured (WP-D-11).</summary>
    public override void AddCaptured(object record)
    {
        if (record is ErrorRecord error)
        {
            _errors.Add(error);
        }
        else
        {
            _items.Add(CapturedRecord.Of(record));
        }
    }

    public override void AddError(ErrorRecord error) => _errors.Add(error);

    public override void AddFailure(ErrorRecord error) => _failure = error;

    public override void Complete()
    {
        using var target = new SinkStream(sink);
        using (var json = new Utf8JsonWriter(target, Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("output");
            for (var index = 0; index < _items.Count; index++)
            {
                Write(json, index);
            }

            json.WriteEndArray();
            json.WriteStartArray("errors");
            var errors = new JsonErrors(json, form);
            _errors.ForEach(errors.Write);
            if (_failure is not null)
            {
                errors.WriteFailure(_failure);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        sink.Complete();
    }

    /// <summary>
    /// An object goes into a buffer of its own first: one that cannot be written leaves a text in its place and costs no other.
    /// </summary>
    private void Write(Utf8JsonWriter json, int index)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using (var own = new Utf8JsonWriter(buffer, Options))
            {
                new JsonValues(own, form.Depth).Write(_items[index]);
            }

            json.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
        }
        catch (Exception error) when (error is not PipelineStoppedException)
        {
            warn($"Output object {index + 1} was written as text, it cannot be serialised: {error.Message}");
            json.WriteStringValue(_items[index]?.GetType().FullName);
        }

        json.Flush();
    }

    /// <summary>Hands what the writer writes on to the sink.</summary>
    private sealed class SinkStream(OutputSink sink) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => sink.WriteUtf8(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => sink.WriteUtf8(buffer);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
