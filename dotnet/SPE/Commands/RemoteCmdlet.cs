using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading;
using SPE.Errors;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;

namespace SPE.Commands;

/// <summary>
/// A cmdlet that calls a server. Ctrl+C cancels the call it is in, wherever that is, and ends the cmdlet at once. What a
/// running call has to say is written on the pipeline thread, which is the one that waits for it.
/// </summary>
public abstract class RemoteCmdlet : StreamCmdlet, IDisposable
{
    /// <summary>In seconds, a day.</summary>
    private const int LongestPause = 86_400;

    // Made with the cmdlet, so that a stop which comes before the first call is not lost.
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Is cancelled by Ctrl+C.</summary>
    internal CancellationToken StopToken => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>
    /// Makes a call of the engine. What it has to say goes to the streams, and what is no line of text to <paramref
    /// name="onOther"/>. An exception of that handler, such as one a callback throws, comes out as it went in.
    /// </summary>
    internal Outcome<T> Call<T>(
        Func<ISpeClient, Action<OperationEvent>, CancellationToken, Outcome<T>> call,
        Action<OperationEvent>? onOther = null)
        where T : class
    {
        Outcome<T> outcome = default;
        Drive((client, onEvent, token) => outcome = call(client, onEvent, token), onOther);
        return outcome;
    }

    /// <summary>Makes calls of the engine, one or several at a time, in the same way.</summary>
    internal void Drive(
        Action<ISpeClient, Action<OperationEvent>, CancellationToken> calls, Action<OperationEvent>? onOther = null)
    {
        ExceptionDispatchInfo? thrown = null;
        try
        {
            calls(SpeClient.Instance, Handle, StopToken);
        }
        catch (OperationCanceledException)
        {
            thrown?.Throw();
            throw new PipelineStoppedException();
        }
        catch (NativeLibraryException error)
        {
            ThrowTerminatingError(new ErrorRecord(error, ErrorIds.NativeLibrary, ErrorCategory.ResourceUnavailable, null));
            throw;
        }

        void Handle(OperationEvent item)
        {
            try
            {
                Write(item, onOther);
            }
            catch (Exception error)
            {
                thrown = ExceptionDispatchInfo.Capture(error);
                throw;
            }
        }
    }

    /// <summary>Waits for up to a day; Ctrl+C ends it at once.</summary>
    internal void Pause(int seconds)
    {
        if (StopToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestPause))))
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Runs a script on a server.</summary>
    internal Outcome<Reply> Run(RemoteScript script, Remote remote, Endpoint endpoint, ScriptOptions options) =>
        endpoint.Problem is { } problem
            ? new Outcome<Reply>(problem)
            : Call((client, onEvent, token) => client.RunScript(
                script.To(remote.To(endpoint), remote.PersistentSession, options), onEvent, token));

    /// <summary>Reads a session; the command ends when there is none, or one that leads nowhere (CM-D-27).</summary>
    private protected Remote ReadSession(PSObject? session, string? accessToken = null)
    {
        Require(session is not null, "Session");
        var remote = Remote.Of(this, session!, accessToken);
        if (remote.Endpoints.Count == 0)
        {
            ThrowTerminatingError(FailureErrors.WithoutConnection());
        }

        WarnOfUncheckedCertificates(remote);
        return remote;
    }

    /// <summary>A call without a session; the command ends when there is no address (CM-D-27).</summary>
    private protected Remote ReadUris(Uri[]? uris, IDictionary? options, Credential credential, string? sessionId = null)
    {
        Require(uris is { Length: > 0 }, "ConnectionUri");
        var remote = new Remote
        {
            Endpoints = [.. uris!.Select(Endpoint.Of)],
            Credential = credential,
            SessionId = string.IsNullOrEmpty(sessionId) ? Remote.NewId() : sessionId,
            Options = ConnectionOptions.Read(this, options),
            Memory = new SessionMemory(),
        };
        WarnOfUncheckedCertificates(remote);
        return remote;
    }

    /// <summary>Once for a session: from here on nobody knows whom it talks to.</summary>
    private void WarnOfUncheckedCertificates(Remote remote)
    {
        var unsafeEndpoint = remote.Options.Connection.SkipCertificateCheck
            ? remote.Endpoints.FirstOrDefault(endpoint => endpoint.BaseUri.Scheme == Uri.UriSchemeHttps)
            : null;
        if (unsafeEndpoint is not null && remote.Memory.RememberUnchecked())
        {
            Warn(
                $"SkipCertificateCheck of HttpOption is on: whoever answers for {unsafeEndpoint.Address} is believed, and gets the credentials of "
                + "this session.");
        }
    }

    /// <summary>Ends the command for a parameter that it cannot do without.</summary>
    private protected void Require(bool isThere, string parameter)
    {
        if (!isThere)
        {
            ThrowTerminatingError(FailureErrors.Missing(parameter, MyInvocation.MyCommand.Name));
        }
    }

    private void Write(OperationEvent item, Action<OperationEvent>? onOther)
    {
        switch (item)
        {
            case VerboseEvent verbose:
                Tell(verbose.Text);
                break;
            case WarningEvent warning:
                Warn(warning.Text);
                break;
            default:
                onOther?.Invoke(item);
                break;
        }
    }
}
