using System;
using System.Management.Automation;
using System.Threading;
using SPE.Commands;
using SPE.Errors;
using SPE.Native;
using SPE.Session;

namespace SPE.Transfers;

/// <summary>Moves files for a command: one for each input, to or from each server.</summary>
internal sealed class Transfer
{
    private readonly RemoteCmdlet _cmdlet;
    private readonly Remote _remote;
    private readonly string _activity;
    private readonly string _lead;

    private Transfer(RemoteCmdlet cmdlet, Remote remote, string activity, string lead) =>
        (_cmdlet, _remote, _activity, _lead) = (cmdlet, remote, activity, lead);

    /// <summary>Files to the servers. Scripts look for what its errors begin with.</summary>
    public static Transfer Upload(RemoteCmdlet cmdlet, Remote remote) => new(cmdlet, remote, "Uploading", "Upload failed.");

    /// <summary>Files from the servers. Scripts look for what its errors begin with.</summary>
    public static Transfer Download(RemoteCmdlet cmdlet, Remote remote) => new(cmdlet, remote, "Downloading", "Download failed.");

    /// <summary>A local path made absolute, or null when it cannot be used, of which an error is written.</summary>
    /// <param name="parameter">Name of the parameter it came by.</param>
    /// <param name="value">The path as it was typed.</param>
    /// <param name="path">The file as the user named it.</param>
    public string? Local(string parameter, string value, string path)
    {
        var resolved = LocalPath.Resolve(value, _cmdlet.SessionState, parameter);
        if (resolved.Failure is { } failure)
        {
            Fail(failure, path, value);
        }

        return resolved.Reply;
    }

    /// <summary>Ends the command where a path needs a root (client-module.md 16.1 and 17.1).</summary>
    public RemotePlace Rooted(RemotePlace? place, string parameter, string? value)
    {
        if (place is null)
        {
            _cmdlet.ThrowTerminatingError(
                FailureErrors.WithoutRoot(_cmdlet.MyInvocation.MyCommand.Name, parameter, value));
        }

        return place!;
    }

    /// <summary>
    /// Moves one file to or from each server. A failure leaves out the servers that are left, and the next input goes on
    /// (client-module.md 16.2).
    /// </summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="call">Makes the call.</param>
    public void Move<T>(string path, Func<ISpeClient, Target, Action<OperationEvent>, CancellationToken, Outcome<T>> call)
        where T : class
    {
        foreach (var endpoint in _remote.Endpoints)
        {
            if ((endpoint.Problem ?? Once(endpoint).Failure) is { } failure)
            {
                Fail(failure, path, endpoint.Address);
                return;
            }
        }

        Outcome<T> Once(Endpoint endpoint)
        {
            var progress = new TransferProgress(_cmdlet, _activity, path);
            try
            {
                return _cmdlet.Call(
                    (client, onEvent, token) => call(client, _remote.To(endpoint), onEvent, token), progress.Show);
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
        _cmdlet.Report(FailureErrors.ToRecord(failure, address, hint, _lead, path));
    }
}
