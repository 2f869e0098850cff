using System;
using System.IO;
using System.Threading;
using SPE.Errors;
using SPE.Native;

namespace SPE.MediaSync;

/// <summary>
/// Watches a folder and makes what happens in it happen in the media library, one change after the other on a thread of its own. Every
/// change ends as a notice; a failure is one as well and ends nothing.
/// </summary>
public sealed class MediaSyncWatcher : IDisposable
{
    /// <summary>How long a file has to be quiet before it is sent, in milliseconds.</summary>
    private const int Quiet = 500;

    /// <summary>Most files with changes that wait.</summary>
    private const int MostPending = 100_000;

    private readonly MediaSyncFolder _folder;
    private readonly MediaLibrary _library;
    private readonly FolderWatch _files;
    private readonly PendingChanges _pending = new(Quiet, MostPending);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _worker;
    private bool _isStarted;

    internal MediaSyncWatcher(MediaSyncFolder folder)
    {
        _folder = folder;
        _library = new MediaLibrary(folder);
        _files = new FolderWatch(folder, Note, reason => Fail(MediaChangeKind.Changed, folder.Path, reason));
        _worker = new Thread(Work) { IsBackground = true, Name = "SPE media sync" };
    }

    /// <summary>A file was created. It is sent when it was written.</summary>
    public event EventHandler<MediaSyncEventArgs>? FileCreated;

    /// <summary>A file was sent, or could not be.</summary>
    public event EventHandler<MediaSyncEventArgs>? FileChanged;

    /// <summary>The item of a file was renamed, or could not be.</summary>
    public event EventHandler<MediaSyncEventArgs>? FileRenamed;

    /// <summary>The item of a file was removed, or could not be.</summary>
    public event EventHandler<MediaSyncEventArgs>? FileDeleted;

    internal string Id => _folder.Id;

    /// <summary>Begins to watch.</summary>
    /// <exception cref="IOException">The folder cannot be watched.</exception>
    internal void Start()
    {
        _files.Start();
        _isStarted = true;
        _worker.Start();
    }

    /// <summary>Ends at once; a change that is being made is broken off.</summary>
    public void Dispose()
    {
        _files.Dispose();
        _stop.Cancel();
        lock (_pending)
        {
            Monitor.PulseAll(_pending);
        }

        if (_isStarted)
        {
            _worker.Join();
        }

        _library.Dispose();
        _stop.Dispose();
    }

    private void Note(MediaChange change)
    {
        lock (_pending)
        {
            if (_pending.Add(change, Environment.TickCount64))
            {
                Monitor.PulseAll(_pending);
                return;
            }
        }

        Fail(change.Kind, FullPath(change), $"The change was dropped, since {MostPending} others wait.");
    }

    private void Work()
    {
        while (Next() is { } change)
        {
            try
            {
                Make(change);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NativeLibraryException or InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                Fail(change.Kind, FullPath(change), error.Message);
            }
        }
    }

    private MediaChange? Next()
    {
        lock (_pending)
        {
            while (!_stop.IsCancellationRequested)
            {
                var now = Environment.TickCount64;
                if (_pending.Take(now) is { } change)
                {
                    return change;
                }

                Monitor.Wait(_pending, _pending.Wait(now));
            }

            return null;
        }
    }

    private void Make(MediaChange change)
    {
        if (change.Kind == MediaChangeKind.Changed && !File.Exists(FullPath(change)))
        {
            // Nothing was sent, so nothing is told; that the file is gone is a change of its own.
            return;
        }

        var failure = change.Kind switch
        {
            MediaChangeKind.Changed => _library.Upload(change.Path, _stop.Token),
            MediaChangeKind.Renamed => _library.Rename(change, _stop.Token),
            MediaChangeKind.Deleted => _library.Delete(change, _stop.Token),
            _ => null,
        };
        if (failure is null)
        {
            var text = change.Kind == MediaChangeKind.Renamed ? $"{change.OldPath} to {change.Path}" : change.Path;
            Raise(change.Kind, new MediaSyncEventArgs(FullPath(change), $"{change.Kind}: {text}", error: null));
        }
        else
        {
            Fail(change.Kind, FullPath(change), failure);
        }
    }

    private void Fail(MediaChangeKind kind, string path, string message) =>
        Fail(kind, path, new Failure { Kind = FailureKind.Internal, Message = message });

    private void Fail(MediaChangeKind kind, string path, Failure failure)
    {
        var address = _folder.Host.GetLeftPart(UriPartial.Path);
        var error = FailureErrors.ToRecord(failure, address, $"The file is {path}.", $"{kind} could not be brought to the server.", path);
        Raise(kind, new MediaSyncEventArgs(path, error.Exception.Message, error));
    }

    private string FullPath(MediaChange change) => Path.Combine(_folder.Path, change.Path);

    private void Raise(MediaChangeKind kind, MediaSyncEventArgs notice)
    {
        var handler = kind switch
        {
            MediaChangeKind.Created => FileCreated,
            MediaChangeKind.Changed => FileChanged,
            MediaChangeKind.Renamed => FileRenamed,
            _ => FileDeleted,
        };
        handler?.Invoke(this, notice);
    }
}
