using System;
using System.Management.Automation;
using System.Threading;
using SPE.Errors;
using SPE.Native;
using SPE.Session;
using SPE.Transfers;

namespace SPE.Commands;

/// <summary>A command that moves files, one for each input, to or from each server.</summary>
public abstract class TransferCmdlet : RemoteCmdlet
{
    private Remote _remote = null!;

    /// <summary>Comes before the session's own .</summary>
    [Parameter]
    public string? AccessToken { get; set; }

    /// <summary>What the errors of this command begin with, which scripts look for.</summary>
    private protected abstract string FailureLead { get; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _remote = ReadRemote();

    /// <summary>Where this command calls and as whom. Only its parameters count, no variable of the caller (CM-D-24).</summary>
    private protected abstract Remote ReadRemote();

    /// <summary>A local path made absolute, or null when it cannot be used, of which an error is written.</summary>
    /// <param name="parameter">Name of the parameter it came by.</param>
    /// <param name="value">The path as it was typed.</param>
    /// <param name="path">The file as the user named it.</param>
    private protected string? Local(string parameter, string value, string path)
    {
        var resolved = LocalPath.Resolve(value, SessionState, parameter);
        if (resolved.Failure is { } failure)
        {
            Fail(failure, path, value);
        }

        return resolved.Reply;
    }

    /// <summary>Ends the command where a path needs a root (client-module.md 16.1 and 17.1).</summary>
    private protected RemotePlace Rooted(RemotePlace? place, string parameter, string? value)
    {
        if (place is null)
        {
            ThrowTerminatingError(FailureErrors.WithoutRoot(MyInvocation.MyCommand.Name, parameter, value));
        }

        return place!;
    }

    /// <summary>
    /// Moves one file to or from each server. A failure leaves out the servers that are left, and the next input goes on
    /// (client-module.md 16.2).
    /// </summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="activity">What is shown as being done.</param>
    /// <param name="transfer">Makes the call.</param>
    private protected void Transfer<T>(
        string path,
        string activity,
        Func<ISpeClient, Target, Action<OperationEvent>, CancellationToken, Outcome<T>> transfer)
        where T : class
    {
        foreach (var endpoint in _remote.Endpoints)
        {
            var failure = endpoint.Problem ?? Move(endpoint).Failure;
            if (failure is not null)
            {
                Fail(failure, path, endpoint.Address);
                return;
            }
        }

        Outcome<T> Move(Endpoint endpoint)
        {
            var progress = new TransferProgress(this, activity, path);
            try
            {
                return Call((client, onEvent, token) => transfer(client, _remote.To(endpoint), onEvent, token), progress.Show);
            }
            finally
            {
                progress.Complete();
            }
        }
    }

    /// <summary>Writes the error of one file, which does not end the command.</summary>
    private void Fail(Failure failure, string path, string address)
    {
        var hint = failure.Message.Contains(path, StringComparison.Ordinal) ? "" : $"The file is {path}.";
        Report(FailureErrors.ToRecord(failure, address, hint, FailureLead, path));
    }
}
