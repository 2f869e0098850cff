using System;
using System.Management.Automation;
using System.Text.Json;

namespace SPE.Worker.Commands;

/// <summary>The terminating error of a job, as its session tells it.</summary>
internal sealed record JobFailure(
    string Message, string ErrorId, string Category, string? ExceptionType, string? StackTrace, string? Position)
{
    public static JobFailure Of(JsonElement error) => new(
        Text(error, "message") ?? string.Empty,
        Text(error, "fullyQualifiedErrorId") ?? "ScriptSessionFailed",
        Text(error, "errorCategory") ?? string.Empty,
        Text(error, "exceptionType"),
        Text(error, "scriptStackTrace"),
        Text(error, "positionMessage"));

    /// <summary>An error record with the message, id and category of the job's, its stack in the error details.</summary>
    public ErrorRecord ToRecord()
    {
        var category = Enum.TryParse<ErrorCategory>(Category, out var parsed) ? parsed : ErrorCategory.NotSpecified;
        var record = new ErrorRecord(new RuntimeException(Message), ErrorId, category, targetObject: null);
        if (!string.IsNullOrEmpty(StackTrace))
        {
            record.ErrorDetails = new ErrorDetails(Message) { RecommendedAction = StackTrace };
        }

        return record;
    }

    /// <summary>The same as properties.</summary>
    public PSObject ToObject()
    {
        var result = new PSObject();
        result.Properties.Add(new PSNoteProperty("Message", Message));
        result.Properties.Add(new PSNoteProperty("FullyQualifiedErrorId", ErrorId));
        result.Properties.Add(new PSNoteProperty("ErrorCategory", Category));
        result.Properties.Add(new PSNoteProperty("ExceptionType", ExceptionType));
        result.Properties.Add(new PSNoteProperty("ScriptStackTrace", StackTrace));
        result.Properties.Add(new PSNoteProperty("PositionMessage", Position));
        return result;
    }

    private static string? Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
