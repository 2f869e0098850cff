using System;
using System.Buffers;
using System.Management.Automation;
using System.Text.Json;
using SPE.Worker.Channel;

namespace SPE.Worker.Runspaces;

/// <summary>Sends records of the streams as wire-protocol.md 6.6 has them. Any thread of a script may use it.</summary>
internal sealed class RecordWriter(RunChannel channel)
{
    /// <summary>Longest text of a record, in characters. The server cuts to the limit of the protocol and marks it.</summary>
    private const int MaxText = 5_000;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly object _gate = new();

    public void Message(string stream, string? message) => Send(stream, json => Text(json, "message", message));

    public void Progress(ProgressRecord record) => Send("progress", json =>
    {
        json.WriteNumber("activityId", record.ActivityId);
        Text(json, "activity", record.Activity);
        Text(json, "statusDescription", record.StatusDescription);
        json.WriteNumber("percentComplete", record.PercentComplete);
        Text(json, "currentOperation", record.CurrentOperation);
        json.WriteNumber("secondsRemaining", record.SecondsRemaining);
        json.WriteNumber("parentActivityId", record.ParentActivityId);
        json.WriteString("recordType", record.RecordType.ToString());
    });

    public void Error(ErrorRecord record)
    {
        var text = ErrorText.Of(record);
        Send("error", json =>
        {
            Text(json, "message", text.Message);
            Text(json, "fullyQualifiedErrorId", text.FullyQualifiedErrorId);
            Text(json, "categoryInfo", text.CategoryInfo);
            Text(json, "positionMessage", text.PositionMessage);
            Text(json, "scriptStackTrace", text.ScriptStackTrace);
        });
    }

    private void Send(string stream, Action<Utf8JsonWriter> fields)
    {
        lock (_gate)
        {
            _buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_buffer))
            {
                json.WriteStartObject();
                json.WriteString("stream", stream);
                json.WriteString("timeUtc", Timestamp.Now());
                fields(json);
                json.WriteEndObject();
            }

            channel.Record(_buffer.WrittenSpan);
        }
    }

    private static void Text(Utf8JsonWriter json, string name, string? text) =>
        json.WriteString(name, WireText.Cut(text, MaxText));
}
