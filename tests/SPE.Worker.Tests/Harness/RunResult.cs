using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace SPE.Worker.Tests.Harness;

/// <summary>Everything a run sent, put together.</summary>
internal sealed record RunResult(IReadOnlyList<Message> Messages)
{
    private Message Done => Messages[^1];

    public string Outcome => Done.Header.GetProperty("outcome").GetString()!;

    public bool HadErrors => Done.Header.GetProperty("hadErrors").GetBoolean();

    public int? ExitCode => Done.Header.TryGetProperty("exitCode", out var code) ? code.GetInt32() : null;

    /// <summary>The error of a failed run.</summary>
    public JsonElement Failure => Done.Json;

    public byte[] FailureBytes => Done.Payload;

    /// <summary>The records, in order.</summary>
    public IReadOnlyList<JsonElement> Records { get; } =
        [.. Messages.Where(message => message.Type == "record").Select(message => message.Json)];

    /// <summary>Stream and message of each record.</summary>
    public IEnumerable<string> Lines => Records.Select(
        record => $"{record.GetProperty("stream")}: {(record.TryGetProperty("message", out var text) ? text : record.GetProperty("activity"))}");

    /// <summary>The formatted output as text.</summary>
    public string Output { get; } = Encoding.UTF8.GetString(
        [.. Messages.Where(message => message.Type == "output").SelectMany(message => message.Payload)]);

    /// <summary>The list that the output is.</summary>
    public IReadOnlyList<object?> Objects => Output.Length == 0 ? [] : [.. ((IEnumerable)Unwrapped).Cast<object?>()];

    /// <summary>The same as text.</summary>
    public IEnumerable<string> Texts => Objects.Select(item => item?.ToString() ?? "(null)");

    private object Unwrapped => PSSerializer.Deserialize(Output) is PSObject { BaseObject: var list } ? list : Output;

    /// <summary>First type name of an object of the output.</summary>
    public string TypeOf(int index) => PSObject.AsPSObject(Objects[index]).TypeNames[0];

    /// <summary>A property of an object of the output.</summary>
    public object? Property(int index, string name) => PSObject.AsPSObject(Objects[index]).Properties[name]?.Value;
}
