using System;
using System.Collections.Generic;

namespace SPE.Native;

/// <summary>What proves who calls. The first that is set is used: access token, shared secret, user and password.</summary>
internal sealed class Credential
{
    public string AccessToken { get; init; } = "";

    public string SharedSecret { get; init; } = "";

    public string AccessKeyId { get; init; } = "";

    /// <summary>HS256, HS384 or HS512.</summary>
    public string Algorithm { get; init; } = "HS256";

    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>Names the kind only, so that no secret can get into a message by way of this object.</summary>
    public override string ToString() =>
        AccessToken.Length > 0 ? "access token" : SharedSecret.Length > 0 ? "shared secret" : "basic";
}

/// <summary>How connections are made. It has no text of its own, since it holds secrets.</summary>
internal sealed class Connection
{
    /// <summary>Address of a proxy, <c>none</c> for none, or empty for what the environment and the system say.</summary>
    public string Proxy { get; init; } = "";

    public string ProxyUsername { get; init; } = "";

    public string ProxyPassword { get; init; } = "";

    /// <summary>Certificates in PEM that are trusted beside those of the system, or empty.</summary>
    public string CertificateAuthorities { get; init; } = "";

    /// <summary>Certificates and PKCS #8 key in PEM that the client proves itself with, or empty.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>Whether any certificate of the server is taken.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Whether HTTP/2 is offered over TLS.</summary>
    public bool Http2 { get; init; }
}

/// <summary>Where a call goes and as whom.</summary>
internal sealed class Target
{
    /// <summary>The connection URI, without query.</summary>
    public required Uri BaseUri { get; init; }

    public required Credential Credential { get; init; }

    public required string SessionId { get; init; }

    /// <summary>Names the cookie jar of the session object; its copies share it.</summary>
    public required Guid CookieJar { get; init; }

    /// <summary>Bound on connecting, in seconds.</summary>
    public double ConnectTimeoutSeconds { get; init; } = 30;

    /// <summary>Bound on one request, in seconds; 0 for none.</summary>
    public double OperationTimeoutSeconds { get; init; }

    public Connection Connection { get; init; } = new();
}

/// <summary>A script to run.</summary>
internal sealed class ScriptCall
{
    public required Target Target { get; init; }

    public required string Script { get; init; }

    /// <summary>CLIXML, or null for none.</summary>
    public string? Arguments { get; init; }

    /// <summary>CliXml, Json or Raw, as the caller spelled it.</summary>
    public string OutputFormat { get; init; } = "CliXml";

    public bool PersistentSession { get; init; }

    public bool StructuredErrors { get; init; }

    public bool CaptureStreams { get; init; }

    /// <summary>Times a 429 or 503 is tried again, 0 to 10.</summary>
    public int MaxRetries { get; init; }
}

/// <summary>A wait for the end of a job.</summary>
internal sealed class WaitCall
{
    public required Target Target { get; init; }

    public required string JobId { get; init; }

    /// <summary>scriptsession or sitecore.</summary>
    public string JobType { get; init; } = "scriptsession";

    /// <summary>Hold of one request, 1 to 60 seconds.</summary>
    public int HoldSeconds { get; init; } = 30;

    /// <summary>Times in a row a 429 or 503 is tried again, 0 to 10.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>Pause after a transport failure, in seconds.</summary>
    public int DelaySeconds { get; init; } = 1;

    /// <summary>Where to go on reading, or null for the beginning.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether records are handed over; the cursor is tracked either way.</summary>
    public bool WantRecords { get; init; }
}

/// <summary>A file or media item on the server.</summary>
/// <param name="IsMedia">Whether it is a media item, which has a route of its own.</param>
/// <param name="Area">The root as the caller spelled it, <c>custom</c> for a path that needs none; of a media item the database.</param>
/// <param name="Path">Below the root, from a drive or share on, or below the media library.</param>
internal sealed record RemotePlace(bool IsMedia, string Area, string Path);

/// <summary>A file to send.</summary>
internal sealed class UploadCall
{
    public required Target Target { get; init; }

    /// <summary>The file, by an absolute path of the file system.</summary>
    public required string Source { get; init; }

    public required RemotePlace Place { get; init; }

    /// <summary>Media: whether a zip file stays one.</summary>
    public bool SkipUnpack { get; init; }

    /// <summary>Media: whether an item that is there is left alone.</summary>
    public bool SkipExisting { get; init; }
}

/// <summary>A file to fetch.</summary>
internal sealed class DownloadCall
{
    public required Target Target { get; init; }

    public required RemotePlace Place { get; init; }

    /// <summary>A file or directory, by an absolute path of the file system (client-module.md 17.3).</summary>
    public required string Destination { get; init; }

    /// <summary>Whether the destination is meant as a directory, although none of that name may be there.</summary>
    public bool IntoDirectory { get; init; }

    /// <summary>Media: whether the directories of the item are made below the destination.</summary>
    public bool Container { get; init; }

    /// <summary>Whether a file that is there is replaced.</summary>
    public bool Force { get; init; }
}

/// <summary>What New-Jwt puts into a token, in this order.</summary>
internal sealed class JwtCall
{
    public required string Algorithm { get; init; }

    public string Type { get; init; } = "JWT";

    public string KeyId { get; init; } = "";

    public required string Issuer { get; init; }

    public required string Audience { get; init; }

    public string Name { get; init; } = "";

    public int ValidForSeconds { get; init; } = 30;

    public required string SecretKey { get; init; }

    public string ClientSessionId { get; init; } = "";

    public bool NoIssuedAt { get; init; }

    public long NotBefore { get; init; }

    public long IssuedAt { get; init; }

    public string Scope { get; init; } = "";
}

/// <summary>A reply with a status of 200 to 299, or 424 (the script failed and its output says how).</summary>
internal sealed class Reply
{
    public required int Status { get; init; }

    public required string Body { get; init; }

    /// <summary>X-SPE-RequestId, or empty.</summary>
    public string RequestId { get; init; } = "";
}

/// <summary>How a download ended.</summary>
internal sealed class Received
{
    /// <summary>The file, or null when the server had no content.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes that were written.</summary>
    public long Length { get; init; }

    /// <summary>False when the file that was there is kept.</summary>
    public bool Written { get; init; }
}

/// <summary>How a wait ended.</summary>
internal sealed class WaitResult
{
    public required string Status { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Whether the server has no wait route (404, or a reply that is not JSON), so that polling is left.</summary>
    public bool NotSupported { get; init; }

    /// <summary>Whether the server is one that tells the error of every job that failed; others lose it (CM-D-04).</summary>
    public bool TellsErrors { get; init; }

    /// <summary>The error of a failed or stopped job, when the server tells.</summary>
    public JobError? Error { get; init; }
}

/// <summary>The terminating error of a job.</summary>
internal sealed class JobError
{
    public string CorrelationId { get; init; } = "";

    public string Message { get; init; } = "";

    public string FullyQualifiedErrorId { get; init; } = "";

    public string ErrorCategory { get; init; } = "";

    public string ExceptionType { get; init; } = "";

    public string ScriptStackTrace { get; init; } = "";

    public string PositionMessage { get; init; } = "";
}

/// <summary>What went wrong. Each kind is one documented error id and one ErrorCategory, see docs/errors.md.</summary>
internal enum FailureKind
{
    /// <summary>The server name does not resolve.</summary>
    Dns,

    /// <summary>No connection could be made.</summary>
    Connect,

    /// <summary>The connection was made but TLS was not agreed.</summary>
    Tls,

    /// <summary>A bound was reached; the message names the clock, its value and where to set it.</summary>
    Timeout,

    /// <summary>The connection broke, or the reply is not HTTP.</summary>
    Transport,

    /// <summary>401.</summary>
    Authentication,

    /// <summary>403 with X-SPE-Restriction command-blocked.</summary>
    CommandBlocked,

    /// <summary>403 with X-SPE-Restriction policy-blocked.</summary>
    PolicyBlocked,

    /// <summary>Any other 403.</summary>
    Forbidden,

    /// <summary>429 after the last retry.</summary>
    Throttled,

    /// <summary>503 after the last retry.</summary>
    Unavailable,

    /// <summary>Any other status that is not a success.</summary>
    Http,

    /// <summary>A success that is not what this protocol says, such as a page in HTML.</summary>
    Malformed,

    /// <summary>What was asked cannot be sent; nothing left this machine.</summary>
    InvalidInput,

    /// <summary>A file of this machine cannot be read.</summary>
    FileRead,

    /// <summary>A file of this machine cannot be written.</summary>
    FileWrite,

    /// <summary>A fault of ours.</summary>
    Internal,
}

/// <summary>A failed call, as data.</summary>
internal sealed class Failure
{
    public required FailureKind Kind { get; init; }

    /// <summary>One or more sentences for the user, with the cause and, where there is one, the way out.</summary>
    public required string Message { get; init; }

    /// <summary>HTTP status, 0 when there was no reply.</summary>
    public int Status { get; init; }

    /// <summary>Reason phrase of the reply.</summary>
    public string ReasonPhrase { get; init; } = "";

    /// <summary>Body of the reply, at most 64 Ki characters.</summary>
    public string Body { get; init; } = "";

    public bool BodyIsJson { get; init; }

    /// <summary>X-SPE-Restriction.</summary>
    public string Restriction { get; init; } = "";

    /// <summary>X-SPE-BlockedCommand.</summary>
    public string BlockedCommand { get; init; } = "";

    /// <summary>X-SPE-Policy, or X-SPE-Profile.</summary>
    public string Policy { get; init; } = "";

    /// <summary>X-SPE-AuthFailureReason.</summary>
    public string AuthFailureReason { get; init; } = "";

    /// <summary>Retry-After as it was sent.</summary>
    public string RetryAfter { get; init; } = "";

    /// <summary>X-RateLimit-Limit.</summary>
    public string RateLimit { get; init; } = "";

    /// <summary>X-SPE-RequestId.</summary>
    public string RequestId { get; init; } = "";
}

/// <summary>Either a value or a failure.</summary>
internal readonly struct Outcome<T>
    where T : class
{
    public Outcome(T reply) => Reply = reply;

    public Outcome(Failure failure) => Failure = failure;

    public T? Reply { get; }

    public Failure? Failure { get; }
}

/// <summary>Something a running call has to say, handed over on the pipeline thread.</summary>
internal abstract class OperationEvent
{
}

/// <summary>A line for the verbose stream.</summary>
internal sealed class VerboseEvent : OperationEvent
{
    public required string Text { get; init; }
}

/// <summary>A line for the warning stream.</summary>
internal sealed class WarningEvent : OperationEvent
{
    public required string Text { get; init; }
}

/// <summary>Records of a job, in the order of their sequence.</summary>
internal sealed class RecordsEvent : OperationEvent
{
    public required IReadOnlyList<StreamRecord> Records { get; init; }
}

/// <summary>The cursor behind the records handed over so far; sent only when it changed.</summary>
internal sealed class CursorEvent : OperationEvent
{
    public required string Cursor { get; init; }
}

/// <summary>How far a transfer is, in bytes of the file; sent at most ten times a second.</summary>
internal sealed class ProgressEvent : OperationEvent
{
    public required long Done { get; init; }

    /// <summary>What there is, or -1 when that is not known.</summary>
    public required long Total { get; init; }
}

/// <summary>One record of a job. Fields that its stream does not have are empty or 0.</summary>
internal sealed class StreamRecord
{
    public required string Stream { get; init; }

    public long Sequence { get; init; }

    /// <summary>ISO 8601.</summary>
    public string TimeUtc { get; init; } = "";

    public string Message { get; init; } = "";

    public string Activity { get; init; } = "";

    public string StatusDescription { get; init; } = "";

    public string CurrentOperation { get; init; } = "";

    public string RecordType { get; init; } = "";

    public long PercentComplete { get; init; }

    public long SecondsRemaining { get; init; }

    public long ParentActivityId { get; init; }

    public long ActivityId { get; init; }

    public string FullyQualifiedErrorId { get; init; } = "";

    public string CategoryInfo { get; init; } = "";

    public string PositionMessage { get; init; } = "";

    public string ScriptStackTrace { get; init; } = "";
}
