using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;

namespace SPE.MediaSync;

/// <summary>
/// Makes changes in the media library of one server. Paths and names travel as arguments, so that no file name can become code.
/// </summary>
internal sealed class MediaLibrary(MediaSyncFolder folder) : IDisposable
{
    private const string Missing = "missing";

    private static readonly ScriptOptions Options = new() { Format = "Raw", MaxRetries = 2 };

    private readonly SessionMemory _memory = new();
    private readonly string _sessionId = Remote.NewId();

    /// <summary>Sends a file. Does nothing when it is gone meanwhile, which is told by another change.</summary>
    public Failure? Upload(string relative, CancellationToken token)
    {
        var source = Path.Combine(folder.Path, relative);
        if (!File.Exists(source))
        {
            return null;
        }

        var call = new UploadCall { Target = Target(), Source = source, Place = new RemotePlace(true, "master", folder.InLibrary(relative)) };
        return SpeClient.Instance.Upload(call, Ignore, token).Failure;
    }

    /// <summary>
    /// Renames the item of a file or folder; sends the file, or all in the folder, instead when there is none, or when only the extension
    /// is another.
    /// </summary>
    public Failure? Rename(MediaChange change, CancellationToken token)
    {
        var name = MediaSyncFolder.ItemName(change.Path, change.IsFolder);
        if (name == MediaSyncFolder.ItemName(change.OldPath, change.IsFolder) || folder.IsSkipped(change.OldPath))
        {
            return Send(change, token);
        }

        var script = RemoteScript.Of(
            """
            if (Test-Path -Path $params.path) { Rename-Item -Path $params.path -NewName $params.name } else { 'missing' }
            """,
            ("path", Escape(folder.ItemPath(change.OldPath, change.IsFolder))),
            ("name", name));
        var outcome = Run(script, token);
        return outcome.Failure ?? Ended(outcome.Reply!) ?? (outcome.Reply!.Body.Trim() == Missing ? Send(change, token) : null);
    }

    /// <summary>Removes the item of a file or folder, when there is one.</summary>
    public Failure? Delete(MediaChange change, CancellationToken token)
    {
        var outcome = Run(
            RemoteScript.Of(
                "if (Test-Path -Path $params.path) { Remove-Item -Path $params.path -Force -Recurse }",
                ("path", Escape(folder.ItemPath(change.Path, change.IsFolder)))),
            token);
        return outcome.Failure ?? Ended(outcome.Reply!);
    }

    /// <summary>Sends what a change left behind; the first failure ends it.</summary>
    private Failure? Send(MediaChange change, CancellationToken token) => change.IsFolder
        ? folder.Files(change.Path).Select(file => Upload(file, token)).FirstOrDefault(failure => failure is not null)
        : Upload(change.Path, token);

    /// <summary>Throws the cookies of its session away; there is nothing else to free, since no runspace is kept.</summary>
    public void Dispose() => SpeClient.Instance.ForgetCookies(_memory.CookieJar);

    private Outcome<Reply> Run(RemoteScript script, CancellationToken token) =>
        SpeClient.Instance.RunScript(script.To(Target(), persistentSession: false, Options), Ignore, token);

    private Target Target() => new()
    {
        BaseUri = folder.Host, Credential = folder.Credential, SessionId = _sessionId, CookieJar = _memory.CookieJar,
    };

    /// <summary>A script that ended with an error, or wrote one, did not do what it was for.</summary>
    private static Failure? Ended(Reply reply) => reply.Status >= 300 || reply.Body.Contains("<#messages#>", StringComparison.Ordinal)
        ? new Failure { Kind = FailureKind.Http, Status = reply.Status, Message = "The script that changes the item failed.", RequestId = reply.RequestId }
        : null;

    private static string Escape(string path) => WildcardPattern.Escape(path);

    private static void Ignore(OperationEvent item)
    {
    }
}
