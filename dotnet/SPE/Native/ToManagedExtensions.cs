using System.Linq;

namespace SPE.Native;

/// <summary>Results and events, as the native library gives them.</summary>
internal static class ToManagedExtensions
{
    public static Outcome<Reply> ToReply(this Bindings.Ending ending) =>
        ending.IsReplied ? new(ending.AsReplied().ToManaged()) : new(ending.ToFailure());

    public static Outcome<WaitResult> ToWaitResult(this Bindings.Ending ending) =>
        ending.IsWaited ? new(ending.AsWaited().ToManaged()) : new(ending.ToFailure());

    public static Outcome<Received> ToReceived(this Bindings.Ending ending) =>
        ending.IsReceived ? new(ending.AsReceived().ToManaged()) : new(ending.ToFailure());

    public static Outcome<string> ToManaged(this Bindings.JwtOutcome outcome) =>
        outcome.IsToken ? new(outcome.AsToken()) : new(outcome.AsFailed().ToManaged());

    public static OperationEvent ToManaged(this Bindings.Event item) => item switch
    {
        { IsVerbose: true } => new VerboseEvent { Text = item.AsVerbose() },
        { IsWarning: true } => new WarningEvent { Text = item.AsWarning() },
        { IsCursor: true } => new CursorEvent { Cursor = item.AsCursor() },
        { IsProgress: true } => item.AsProgress().ToManaged(),
        _ => new RecordsEvent { Records = [.. item.AsRecords().Select(ToManaged)] },
    };

    private static Failure ToFailure(this Bindings.Ending ending) => ending.IsFailed
        ? ending.AsFailed().ToManaged()
        : new()
        {
            Kind = FailureKind.Internal,
            Message = $"A fault inside the SPE module: the call ended as {ending}. Please report it with this text.",
        };

    private static Reply ToManaged(this Bindings.Reply reply) => new()
    {
        Status = reply.status,
        Body = reply.body,
        RequestId = reply.request_id,
    };

    private static Received ToManaged(this Bindings.Received received) => new()
    {
        Path = received.path,
        Length = received.length,
        Written = received.written,
    };

    private static ProgressEvent ToManaged(this Bindings.Progress progress) => new()
    {
        Done = progress.done,
        Total = progress.total,
    };

    private static WaitResult ToManaged(this Bindings.WaitResult result) => new()
    {
        Status = result.status,
        Name = result.name,
        NotSupported = result.not_supported,
        TellsErrors = result.tells_errors,
        Error = result.error?.ToManaged(),
    };

    private static JobError ToManaged(this Bindings.JobError error) => new()
    {
        CorrelationId = error.correlation_id,
        Message = error.message,
        FullyQualifiedErrorId = error.fully_qualified_error_id,
        ErrorCategory = error.error_category,
        ExceptionType = error.exception_type,
        ScriptStackTrace = error.script_stack_trace,
        PositionMessage = error.position_message,
    };

    private static StreamRecord ToManaged(this Bindings.Record record) => new()
    {
        Stream = record.stream,
        Sequence = record.sequence,
        TimeUtc = record.time_utc,
        Message = record.message,
        Activity = record.activity,
        StatusDescription = record.status_description,
        CurrentOperation = record.current_operation,
        RecordType = record.record_type,
        PercentComplete = record.percent_complete,
        SecondsRemaining = record.seconds_remaining,
        ParentActivityId = record.parent_activity_id,
        ActivityId = record.activity_id,
        FullyQualifiedErrorId = record.fully_qualified_error_id,
        CategoryInfo = record.category_info,
        PositionMessage = record.position_message,
        ScriptStackTrace = record.script_stack_trace,
    };

    private static Failure ToManaged(this Bindings.Failure failure) => new()
    {
        Kind = failure.kind.ToManaged(),
        Message = failure.message,
        Status = failure.status,
        ReasonPhrase = failure.reason_phrase,
        Body = failure.body,
        BodyIsJson = failure.body_is_json,
        Restriction = failure.restriction,
        BlockedCommand = failure.blocked_command,
        Policy = failure.policy,
        AuthFailureReason = failure.auth_failure_reason,
        RetryAfter = failure.retry_after,
        RateLimit = failure.rate_limit,
        RequestId = failure.request_id,
    };

    private static FailureKind ToManaged(this Bindings.FailureKind kind) => kind switch
    {
        { IsDns: true } => FailureKind.Dns,
        { IsConnect: true } => FailureKind.Connect,
        { IsTls: true } => FailureKind.Tls,
        { IsTimeout: true } => FailureKind.Timeout,
        { IsTransport: true } => FailureKind.Transport,
        { IsAuthentication: true } => FailureKind.Authentication,
        { IsCommandBlocked: true } => FailureKind.CommandBlocked,
        { IsPolicyBlocked: true } => FailureKind.PolicyBlocked,
        { IsForbidden: true } => FailureKind.Forbidden,
        { IsThrottled: true } => FailureKind.Throttled,
        { IsUnavailable: true } => FailureKind.Unavailable,
        { IsHttp: true } => FailureKind.Http,
        { IsMalformed: true } => FailureKind.Malformed,
        { IsInvalidInput: true } => FailureKind.InvalidInput,
        { IsFileRead: true } => FailureKind.FileRead,
        { IsFileWrite: true } => FailureKind.FileWrite,
        _ => FailureKind.Internal,
    };
}
