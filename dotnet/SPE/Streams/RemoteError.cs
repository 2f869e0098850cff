using System;
using System.Management.Automation;
using SPE.Errors;
using SPE.Native;
using SPE.Session;

namespace SPE.Streams;

/// <summary>
/// Makes error records of what the server tells about errors. They keep id, category and target of the remote ones (CM-D-33)
/// and carry its script stack and request id as properties.
/// </summary>
internal static class RemoteError
{
    /// <summary>The record of a deserialised ErrorRecord.</summary>
    public static ErrorRecord OfRecord(PSObject remote, string correlationId)
    {
        var exception = SessionProperties.Read(remote, "Exception");
        var message = First(Text(remote, "ErrorDetails_Message"), Text(exception, "Message"), remote.ToString());
        var record = Make(
            message,
            Text(remote, "FullyQualifiedErrorId"),
            Category(SessionProperties.Read(remote, "ErrorCategory_Category")),
            SessionProperties.Read(remote, "TargetObject"),
            ErrorIds.ScriptFailed);
        Describe(
            record,
            Text(remote, "ErrorCategory_Activity"),
            Text(remote, "ErrorCategory_Reason"),
            Text(remote, "ErrorCategory_TargetName"),
            Text(remote, "ErrorCategory_TargetType"));
        Notes.Attach(record, Notes.StackTrace, First(Text(remote, "ErrorDetails_ScriptStackTrace"), Text(remote, "ScriptStackTrace")));
        Notes.Attach(record, Notes.InvocationInfo, SessionProperties.Read(remote, "InvocationInfo"));
        Notes.Attach(record, Notes.CorrelationId, correlationId);
        return record;
    }

    /// <summary>The record of a script that failed on a server which gives no detail (status 424, WP-D-50).</summary>
    public static ErrorRecord WithoutDetail(string address, string correlationId)
    {
        var record = Make(
            "Server response: Method Failure. The script ended with an error that the server does not describe.",
            ErrorIds.ScriptFailed,
            ErrorCategory.NotSpecified,
            target: null,
            ErrorIds.ScriptFailed);
        record.CategoryInfo.TargetName = address;
        Notes.Attach(record, Notes.CorrelationId, correlationId);
        return record;
    }

    /// <summary>The record of a job that failed or was stopped (CM-D-04).</summary>
    public static ErrorRecord OfJob(string id, WaitResult result, string address)
    {
        var isStop = result.Status.Equals("Stopped", StringComparison.OrdinalIgnoreCase);
        var error = result.Error;
        var told = error is { Message.Length: > 0 } ? $": {error.Message}" : ".";
        var message = isStop ? $"The job {id} was stopped{told}" : error is { Message.Length: > 0 }
            ? error.Message
            : $"The job {id} failed. The server gives no reason.";
        var record = Make(
            message,
            error?.FullyQualifiedErrorId,
            error is null && isStop ? ErrorCategory.OperationStopped : Category(error?.ErrorCategory),
            id,
            isStop ? ErrorIds.JobStopped : ErrorIds.JobFailed);
        record.CategoryInfo.TargetName = address;
        if (error?.ExceptionType is { Length: > 0 } type)
        {
            record.CategoryInfo.Reason = type[(type.LastIndexOf('.') + 1)..];
        }

        Notes.Attach(record, Notes.StackTrace, error?.ScriptStackTrace);
        Notes.Attach(record, Notes.InvocationInfo, error?.PositionMessage);
        Notes.Attach(record, Notes.CorrelationId, error?.CorrelationId);
        return record;
    }

    /// <summary>The record of an entry of <c>errors</c> in a JSON reply (client-module.md 9.5).</summary>
    public static ErrorRecord OfJson(object? entry, string correlationId)
    {
        if (entry is not PSObject remote || remote.Properties["errorCategory"] is null)
        {
            var plain = Make($"{entry}", null, ErrorCategory.NotSpecified, null, ErrorIds.ScriptFailed);
            Notes.Attach(plain, Notes.CorrelationId, correlationId);
            return plain;
        }

        var record = Make(
            First(Text(remote, "exceptionMessage"), Text(remote, "message")),
            Text(remote, "fullyQualifiedErrorId"),
            Category(SessionProperties.Read(remote, "errorCategory")),
            SessionProperties.Read(remote, "categoryTargetName"),
            ErrorIds.ScriptFailed);
        Describe(record, "", Text(remote, "categoryReason"), Text(remote, "categoryTargetName"), Text(remote, "categoryTargetType"));
        Notes.Attach(record, Notes.StackTrace, Text(remote, "scriptStackTrace"));
        Notes.Attach(record, Notes.InvocationInfo, SessionProperties.Read(remote, "invocationInfo"));
        Notes.Attach(record, Notes.CorrelationId, First(Text(remote, "correlationId"), correlationId));
        return record;
    }

    private static ErrorRecord Make(string message, string? id, ErrorCategory category, object? target, string unknownId) =>
        new(new RemoteException(message), string.IsNullOrEmpty(id) ? unknownId : id, category, target);

    private static void Describe(ErrorRecord record, string activity, string reason, string targetName, string targetType)
    {
        record.CategoryInfo.Activity = activity;
        record.CategoryInfo.Reason = reason;
        record.CategoryInfo.TargetName = targetName;
        record.CategoryInfo.TargetType = targetType;
    }

    /// <summary>A category as its number or its name; what is neither is NotSpecified.</summary>
    private static ErrorCategory Category(object? value) =>
        Enum.TryParse<ErrorCategory>($"{value}", ignoreCase: true, out var category) && Enum.IsDefined(category)
            ? category
            : ErrorCategory.NotSpecified;

    private static string Text(object? target, string name) => SessionProperties.Read(target, name)?.ToString() ?? "";

    private static string First(params string[] texts) => Array.Find(texts, text => text.Length > 0) ?? "";
}
