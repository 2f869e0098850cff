using System;
using System.Threading;
using SPE.Native.Bindings;

namespace SPE.Native;

/// <summary>
/// The engine in the native library. A call is started there, taken step by step until it ended, and closed. A step
/// blocks this thread; cancelling closes the call from the thread that cancels, which ends the step at once.
/// </summary>
internal sealed class NativeClient : ISpeClient, IDisposable
{
    private readonly ServiceHandle _service;

    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    public NativeClient() => _service = ServiceHandle.Create();

    public Outcome<Reply> RunScript(ScriptCall call, Action<OperationEvent> onEvent, CancellationToken token) =>
        Run(Request.Script(call.ToNative()), onEvent, token).ToReply();

    public Outcome<Reply> Test(Target target, Action<OperationEvent> onEvent, CancellationToken token) =>
        Run(Request.Test(target.ToNative()), onEvent, token).ToReply();

    public Outcome<Reply> Cleanup(Target target, Action<OperationEvent> onEvent, CancellationToken token) =>
        Run(Request.Cleanup(target.ToNative()), onEvent, token).ToReply();

    public Outcome<WaitResult> Wait(WaitCall call, Action<OperationEvent> onEvent, CancellationToken token) =>
        Run(Request.Wait(call.ToNative()), onEvent, token).ToWaitResult();

    public Outcome<Reply> Upload(UploadCall call, Action<OperationEvent> onEvent, CancellationToken token) =>
        Run(Request.Upload(call.ToNative()), onEvent, token).ToReply();

    public Outcome<Received> Download(DownloadCall call, Action<OperationEvent> onEvent, CancellationToken token) =>
        Run(Request.Download(call.ToNative()), onEvent, token).ToReceived();

    public Outcome<string> NewJwt(JwtCall call)
    {
        using var lease = _service.Use();
        using var outcome = Interop.client_new_jwt(lease.Service, call.ToNative().Wire());
        return outcome.Unwire().ToManaged();
    }

    public void ForgetCookies(Guid cookieJar)
    {
        using var lease = _service.Use();
        var (high, low) = cookieJar.Halves();
        Interop.client_forget_jar(lease.Service, high, low);
    }

    public void Dispose() => _service.Dispose();

    private Ending Run(Request request, Action<OperationEvent> onEvent, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        using var lease = _service.Use();
        var service = lease.Service;
        var operation = Interop.client_start(service, request.Wire());
        try
        {
            // Disposing the registration waits for a callback that is under way, so none is left when the lease ends.
            using var registration = token.UnsafeRegister(_ => Interop.client_close(service, operation), null);
            while (true)
            {
                var step = Step(service, operation);
                foreach (var item in step.events)
                {
                    token.ThrowIfCancellationRequested();
                    Hand(item.ToManaged(), onEvent);
                }

                token.ThrowIfCancellationRequested();
                if (!step.ending.IsRunning)
                {
                    return step.ending;
                }
            }
        }
        finally
        {
            Interop.client_close(service, operation);
        }
    }

    private static Step Step(IntPtr service, ulong operation)
    {
        using var step = Interop.client_step(service, operation);
        return step.Unwire();
    }

    private static void Hand(OperationEvent item, Action<OperationEvent> onEvent)
    {
        try
        {
            onEvent(item);
        }
        catch (Exception error)
        {
            throw new OperationCanceledException(
                "The call was cancelled, since what it had to say could not be handed over.", error);
        }
    }
}
