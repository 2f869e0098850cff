using System;
using System.Buffers;
using System.Management.Automation;
using System.Text.Json;

namespace SPE.Worker.Runspaces;

/// <summary>Why a run did not come to its end, as an error record and as the fields of the <c>done</c> message.</summary>
internal sealed class RunFailure(ErrorRecord record)
{
    /// <summary>Longest text, in characters: six of them stay below the limit of a frame in any encoding.</summary>
    private const int MaxText = 16_384;

    /// <summary>The terminating error.</summary>
    public ErrorRecord Record { get; } = record;

    /// <summary>The record that an exception carries, or one made of it.</summary>
    public static RunFailure Of(Exception error)
    {
        if (error is not IContainsErrorRecord { ErrorRecord: { } record })
        {
            return new(new ErrorRecord(error, "Spe.Remoting.WorkerError", ErrorCategory.NotSpecified, targetObject: null));
        }

        // The record of a parse error has a stand-in for the exception, which lacks the list of what is wrong and where.
        return error is ParseException { Errors.Length: > 0 } parse
            ? new(new ErrorRecord(record, new ParseException(parse.Errors)))
            : new(record);
    }

    /// <summary>The payload of <c>done</c>.</summary>
    public byte[] ToJson()
    {
        var text = ErrorText.Of(Record);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Text(json, "message", text.Message);
            Text(json, "fullyQualifiedErrorId", text.FullyQualifiedErrorId);
            Text(json, "errorCategory", text.Category);
            Text(json, "exceptionType", text.ExceptionType);
            Text(json, "scriptStackTrace", text.ScriptStackTrace);
            Text(json, "positionMessage", text.PositionMessage);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? text) =>
        json.WriteString(name, WireText.Cut(text, MaxText));
}
