using System;
using System.Buffers;
using System.Management.Automation;
using System.Text.Json;

namespace SPE.Worker.Runspaces;

/// <summary>Why a run did not come to its end, as an error record and as the fields of the <c>done</c> message.</summary>
internal sealed class RunFailure(ErrorRecord record, bool isStop = false)
{
    /// <summary>Longest text, in characters: six of them stay below the limit of a frame in any encoding.</summary>
    private const int MaxText = 16_384;

    /// <summary>It was told to stop, which is not an error.</summary>
    public static RunFailure Stopped { get; } = new(new PipelineStoppedException().ErrorRecord, isStop: true);

    /// <summary>The terminating error.</summary>
    public ErrorRecord Record { get; } = record;

    public bool IsStop { get; } = isStop;

    /// <summary>The record that an exception carries, or one made of it.</summary>
    public static RunFailure Of(Exception error) => new(
        error is IContainsErrorRecord { ErrorRecord: { } record }
            ? record
            : new ErrorRecord(error, "Spe.Remoting.WorkerError", ErrorCategory.NotSpecified, targetObject: null));

    /// <summary>The payload of <c>done</c>, empty for a stop.</summary>
    public byte[] ToJson()
    {
        if (IsStop)
        {
            return [];
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Text(json, "message", Record.ToString());
            Text(json, "fullyQualifiedErrorId", Record.FullyQualifiedErrorId);
            Text(json, "errorCategory", Record.CategoryInfo.Category.ToString());
            Text(json, "exceptionType", Record.Exception?.GetType().FullName);
            Text(json, "scriptStackTrace", Record.ScriptStackTrace);
            Text(json, "positionMessage", Record.InvocationInfo?.PositionMessage);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? text) =>
        json.WriteString(name, WireText.Cut(text, MaxText));
}
