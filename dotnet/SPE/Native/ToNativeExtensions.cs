using System;
using System.Buffers.Binary;

namespace SPE.Native;

/// <summary>Calls, as the native library takes them.</summary>
internal static class ToNativeExtensions
{
    public static Bindings.ScriptCall ToNative(this ScriptCall call) => new()
    {
        target = call.Target.ToNative(),
        script = call.Script,
        arguments = call.Arguments,
        output_format = call.OutputFormat,
        persistent_session = call.PersistentSession,
        structured_errors = call.StructuredErrors,
        capture_streams = call.CaptureStreams,
        max_retries = call.MaxRetries,
    };

    public static Bindings.WaitCall ToNative(this WaitCall call) => new()
    {
        target = call.Target.ToNative(),
        job_id = call.JobId,
        job_type = call.JobType,
        hold_seconds = call.HoldSeconds,
        max_retries = call.MaxRetries,
        delay_seconds = call.DelaySeconds,
        cursor = call.Cursor,
        want_records = call.WantRecords,
    };

    public static Bindings.UploadCall ToNative(this UploadCall call) => new()
    {
        target = call.Target.ToNative(),
        source = call.Source,
        place = call.Place.ToNative(),
        skip_unpack = call.SkipUnpack,
        skip_existing = call.SkipExisting,
    };

    public static Bindings.DownloadCall ToNative(this DownloadCall call) => new()
    {
        target = call.Target.ToNative(),
        place = call.Place.ToNative(),
        destination = call.Destination,
        into_directory = call.IntoDirectory,
        container = call.Container,
        force = call.Force,
    };

    public static Bindings.Target ToNative(this Target target)
    {
        var (high, low) = target.CookieJar.Halves();
        return new()
        {
            base_uri = target.BaseUri.IsAbsoluteUri ? target.BaseUri.AbsoluteUri : target.BaseUri.OriginalString,
            credential = target.Credential.ToNative(),
            session_id = target.SessionId,
            cookie_jar_high = high,
            cookie_jar_low = low,
            connect_timeout_seconds = target.ConnectTimeoutSeconds,
            operation_timeout_seconds = target.OperationTimeoutSeconds,
            connection = target.Connection.ToNative(),
        };
    }

    /// <summary>An id in the two halves in which it crosses.</summary>
    public static (ulong High, ulong Low) Halves(this Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    public static Bindings.JwtCall ToNative(this JwtCall call) => new()
    {
        algorithm = call.Algorithm,
        token_type = call.Type,
        key_id = call.KeyId,
        issuer = call.Issuer,
        audience = call.Audience,
        name = call.Name,
        valid_for_seconds = call.ValidForSeconds,
        secret_key = call.SecretKey,
        client_session_id = call.ClientSessionId,
        no_issued_at = call.NoIssuedAt,
        not_before = call.NotBefore,
        issued_at = call.IssuedAt,
        scope = call.Scope,
    };

    private static Bindings.RemotePlace ToNative(this RemotePlace place) => new()
    {
        is_media = place.IsMedia,
        area = place.Area,
        path = place.Path,
    };

    private static Bindings.Connection ToNative(this Connection connection) => new()
    {
        proxy = connection.Proxy,
        proxy_username = connection.ProxyUsername,
        proxy_password = connection.ProxyPassword,
        certificate_authorities = connection.CertificateAuthorities,
        client_certificate = connection.ClientCertificate,
        skip_certificate_check = connection.SkipCertificateCheck,
        http2 = connection.Http2,
    };

    private static Bindings.Credential ToNative(this Credential credential) => new()
    {
        access_token = credential.AccessToken,
        shared_secret = credential.SharedSecret,
        access_key_id = credential.AccessKeyId,
        algorithm = credential.Algorithm,
        username = credential.Username,
        password = credential.Password,
    };
}
