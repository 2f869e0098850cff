namespace SPE.Errors;

/// <summary>
/// The ids of the module's own errors, the part before the first comma of a FullyQualifiedErrorId. docs/errors.md promises
/// them: they do not change.
/// </summary>
internal static class ErrorIds
{
    public const string HostNotFound = "Spe.Remoting.HostNotFound";
    public const string ConnectFailed = "Spe.Remoting.ConnectFailed";
    public const string TlsFailed = "Spe.Remoting.TlsFailed";
    public const string Timeout = "Spe.Remoting.Timeout";
    public const string ConnectionLost = "Spe.Remoting.ConnectionLost";
    public const string Unauthorized = "Spe.Remoting.Unauthorized";
    public const string CommandBlocked = "Spe.Remoting.CommandBlocked";
    public const string PolicyBlocked = "Spe.Remoting.PolicyBlocked";
    public const string Forbidden = "Spe.Remoting.Forbidden";
    public const string Throttled = "Spe.Remoting.Throttled";
    public const string Unavailable = "Spe.Remoting.Unavailable";
    public const string HttpError = "Spe.Remoting.HttpError";
    public const string MalformedReply = "Spe.Remoting.MalformedReply";
    public const string InvalidToken = "Spe.Remoting.InvalidToken";
    public const string InvalidCliXml = "Spe.Remoting.InvalidCliXml";
    public const string InvalidInput = "Spe.Remoting.InvalidInput";
    public const string FileNotRead = "Spe.Remoting.FileNotRead";
    public const string FileNotWritten = "Spe.Remoting.FileNotWritten";
    public const string InternalError = "Spe.Remoting.InternalError";
    public const string NativeLibrary = "Spe.Remoting.NativeLibrary";
    public const string MissingParameter = "Spe.Remoting.MissingParameter";
    public const string SeveralConnections = "Spe.Remoting.SeveralConnections";
    public const string UsingVariableMissing = "Spe.Remoting.UsingVariableMissing";
    public const string UsingNotPossible = "Spe.Remoting.UsingNotPossible";
    public const string ScriptFailed = "Spe.Remoting.ScriptExecutionFailed";
    public const string NotReady = "Spe.Remoting.NotReady";
    public const string JobFailed = "Spe.Remoting.JobFailed";
    public const string JobStopped = "Spe.Remoting.Stopped";
}
