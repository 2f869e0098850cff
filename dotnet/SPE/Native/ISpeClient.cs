using System;
using System.Threading;

namespace SPE.Native;

/// <summary>
/// The engine behind the cmdlets; they get it from <see cref="SpeClient.Instance"/>. A call blocks the pipeline thread.
/// While it runs, what it has to say is handed to <c>onEvent</c> on that same thread, in order. When the token is
/// cancelled the call ends at once with an <see cref="OperationCanceledException"/>, and so it does, with that
/// exception, when <c>onEvent</c> throws.
/// </summary>
internal interface ISpeClient
{
    Outcome<Reply> RunScript(ScriptCall call, Action<OperationEvent> onEvent, CancellationToken token);

    /// <summary>action=test. The body is the JSON the server sent.</summary>
    Outcome<Reply> Test(Target target, Action<OperationEvent> onEvent, CancellationToken token);

    /// <summary>action=cleanup. The body is the text the server sent.</summary>
    Outcome<Reply> Cleanup(Target target, Action<OperationEvent> onEvent, CancellationToken token);

    /// <summary>Waits until the job ended and every record was handed over.</summary>
    Outcome<WaitResult> Wait(WaitCall call, Action<OperationEvent> onEvent, CancellationToken token);

    /// <summary>Sends a file. The body is what the server sent, usually nothing. A refusal is final, also 429 and 503.</summary>
    Outcome<Reply> Upload(UploadCall call, Action<OperationEvent> onEvent, CancellationToken token);

    /// <summary>Fetches a file, which is there when it is whole; a failure or cancelling leaves nothing.</summary>
    Outcome<Received> Download(DownloadCall call, Action<OperationEvent> onEvent, CancellationToken token);

    /// <summary>Throws the cookies of a session away.</summary>
    void ForgetCookies(Guid cookieJar);

    /// <summary>A signed token, or the failure that says which value cannot be used.</summary>
    Outcome<string> NewJwt(JwtCall call);
}
