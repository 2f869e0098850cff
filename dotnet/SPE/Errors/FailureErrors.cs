using System;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using SPE.Native;

namespace SPE.Errors;

/// <summary>Makes one error record of a failed call (client-module.md 8.7, docs/errors.md).</summary>
internal static class FailureErrors
{
    /// <summary>The record of a failure.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="address">Whom the call went to, without anything secret.</param>
    /// <param name="hint">A sentence behind the message, or empty.</param>
    /// <param name="lead">A sentence before the message, or empty.</param>
    /// <param name="target">What the call was about, such as a path, or null.</param>
    public static ErrorRecord ToRecord(Failure failure, string address, string hint = "", string lead = "", string? target = null)
    {
        var (id, category, activity, reason) = Classify(failure);
        var message = $"{lead} {failure.Message} {hint}".Trim();
        var record = new ErrorRecord(new RemotingException(message, failure.Status), id, category, target);
        record.CategoryInfo.Activity = activity;
        record.CategoryInfo.Reason = reason;
        record.CategoryInfo.TargetName = address;
        Notes.Attach(record, Notes.CorrelationId, failure.RequestId);
        return record;
    }

    /// <summary>The record of a parameter that is not there although nothing can be done without it.</summary>
    public static ErrorRecord Missing(string parameter, string command) => new(
        new PSArgumentException($"{command} needs the parameter {parameter}.", parameter),
        ErrorIds.MissingParameter,
        ErrorCategory.InvalidArgument,
        targetObject: null);

    /// <summary>The record of a parameter whose value nothing can be done with.</summary>
    public static ErrorRecord Unusable(string parameter, string message) =>
        new(new PSArgumentException(message, parameter), ErrorIds.InvalidInput, ErrorCategory.InvalidArgument, targetObject: null);

    /// <summary>The record of a text that is not the CLIXML it has to be.</summary>
    public static ErrorRecord NotCliXml(string parameter, string reason) => new(
        new ArgumentException($"{parameter} is no CLIXML that can be read. {reason}", parameter),
        ErrorIds.InvalidCliXml,
        ErrorCategory.InvalidData,
        targetObject: null);

    /// <summary>The record of a path on the server that needs a root and has none.</summary>
    public static ErrorRecord WithoutRoot(string command, string parameter, string? value) => new(
        new PSArgumentException(
            $"{command} needs the parameter RootPath unless {parameter} is fully qualified, such as C:\\folder\\file.txt. "
            + $"{parameter} is '{value}'."),
        ErrorIds.MissingParameter,
        ErrorCategory.InvalidArgument,
        value);

    /// <summary>The record of a session of several servers where only one can be meant .</summary>
    public static ErrorRecord SeveralConnections(string first) => new(
        new PSArgumentException($"The session has several connections. A job runs on one server: the wait asks {first} and no other."),
        ErrorIds.SeveralConnections,
        ErrorCategory.InvalidArgument,
        targetObject: null);

    /// <summary>The record of a server that was waited for and is not ready (client-module.md 15).</summary>
    public static ErrorRecord NotReady(string message, string address)
    {
        var record = new ErrorRecord(new TimeoutException(message), ErrorIds.NotReady, ErrorCategory.OperationTimeout, targetObject: null);
        record.CategoryInfo.TargetName = address;
        return record;
    }

    /// <summary>The record of a session that names no server.</summary>
    public static ErrorRecord WithoutConnection() => new(
        new PSArgumentException("The session has no Connection with a BaseUri, so there is nothing to call. New-ScriptSession makes one."),
        ErrorIds.InvalidInput,
        ErrorCategory.InvalidArgument,
        targetObject: null);

    private static (string Id, ErrorCategory Category, string Activity, string Reason) Classify(Failure failure) =>
        failure.Kind switch
        {
            FailureKind.Dns => Connection(ErrorIds.HostNotFound, "HostNotFound"),
            FailureKind.Connect => Connection(ErrorIds.ConnectFailed, "ConnectFailed"),
            FailureKind.Tls => Connection(ErrorIds.TlsFailed, "TlsFailed"),
            FailureKind.Timeout => Connection(ErrorIds.Timeout, "Timeout"),
            FailureKind.Transport => Connection(ErrorIds.ConnectionLost, "ConnectionLost"),
            FailureKind.Authentication => (ErrorIds.Unauthorized, ErrorCategory.AuthenticationError, "Invoke", "Unauthorized"),
            FailureKind.CommandBlocked => (ErrorIds.CommandBlocked, ErrorCategory.SecurityError, "Invoke", "CommandBlocked"),
            FailureKind.PolicyBlocked => (ErrorIds.PolicyBlocked, ErrorCategory.SecurityError, "Invoke", "PolicyRestriction"),
            FailureKind.Forbidden => (ErrorIds.Forbidden, ErrorCategory.ConnectionError, "Download", "Forbidden"),
            FailureKind.Throttled => (ErrorIds.Throttled, ErrorCategory.LimitsExceeded, "Invoke", "TooManyRequests"),
            FailureKind.Unavailable => (ErrorIds.Unavailable, ErrorCategory.ConnectionError, "Invoke", "ServiceUnavailable"),
            FailureKind.Http => (ErrorIds.HttpError, ErrorCategory.ConnectionError, "Download", StatusName(failure.Status)),
            FailureKind.Malformed => (ErrorIds.MalformedReply, ErrorCategory.InvalidData, "Download", "MalformedReply"),
            FailureKind.InvalidInput => (ErrorIds.InvalidInput, ErrorCategory.InvalidArgument, "Invoke", "InvalidInput"),
            FailureKind.FileRead => (ErrorIds.FileNotRead, ErrorCategory.ReadError, "Read", "FileNotRead"),
            FailureKind.FileWrite => (ErrorIds.FileNotWritten, ErrorCategory.WriteError, "Write", "FileNotWritten"),
            _ => (ErrorIds.InternalError, ErrorCategory.NotSpecified, "Invoke", "InternalError"),
        };

    private static (string Id, ErrorCategory Category, string Activity, string Reason) Connection(string id, string reason) =>
        (id, ErrorCategory.ConnectionError, "Post", reason);

    /// <summary>The name .NET has for a status, or its number.</summary>
    private static string StatusName(int status) => Enum.IsDefined((HttpStatusCode)status)
        ? ((HttpStatusCode)status).ToString()
        : status.ToString(CultureInfo.InvariantCulture);
}
