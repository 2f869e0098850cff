using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace SPE.MediaSync;

/// <summary>
/// Makes changes of what the system tells of a folder. A move into, out of or within the folder comes in other events on Windows than
/// on Linux; here it is the same: gone from one place, arrived at the other.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    /// <summary>Bytes of events that the system may keep for us, the most that works on shares of Windows.</summary>
    private const int BufferSize = 64 * 1024;

    private readonly MediaSyncFolder _folder;
    private readonly Action<MediaChange> _note;
    private readonly Action<string> _lost;
    private readonly FileSystemWatcher _files;

    /// <summary>The sub-folders, since of what is gone the system does not say whether it was one.</summary>
    private readonly HashSet<string> _subFolders = [];

    /// <param name="folder">What is watched.</param>
    /// <param name="note">Takes each change that no mask leaves out, on a thread of the system.</param>
    /// <param name="lost">Is told why changes were not seen.</param>
    public FolderWatch(MediaSyncFolder folder, Action<MediaChange> note, Action<string> lost)
    {
        (_folder, _note, _lost) = (folder, note, lost);
        _files = new FileSystemWatcher(folder.Path, "*.*")
        {
            IncludeSubdirectories = true,
            InternalBufferSize = BufferSize,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite,
        };
        _files.Created += (_, file) => Handle(() => Arrive(file.FullPath));
        _files.Changed += (_, file) => Handle(() => Change(file.FullPath));
        _files.Deleted += (_, file) => Handle(() => Leave(file.FullPath));
        _files.Renamed += (_, file) => Handle(() => Move(file.OldFullPath, file.FullPath));
        _files.Error += (_, error) => lost($"Changes were lost: {error.GetException().Message}");
    }

    /// <summary>Begins to watch.</summary>
    /// <exception cref="IOException">The system cannot watch the folder: it is gone, or there are too many watchers.</exception>
    public void Start()
    {
        _files.EnableRaisingEvents = true;
        Learn("");
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Nobody would see an exception on a thread of the system, or it would end the process.</summary>
    private void Handle(Action change)
    {
        try
        {
            change();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _lost($"A change was lost: {error.Message}");
        }
    }

    /// <summary>What is moved here was written elsewhere, so no word of a change may follow. An empty file waits for its content.</summary>
    private void Arrive(string path)
    {
        var relative = _folder.Relative(path);
        var isFolder = Directory.Exists(path);
        Note(new MediaChange(MediaChangeKind.Created, relative, isFolder));
        if (isFolder)
        {
            Learn(relative);
            foreach (var file in _folder.Files(relative))
            {
                Note(new MediaChange(MediaChangeKind.Changed, file));
            }
        }
        else if (new FileInfo(path) is { Exists: true, Length: > 0 })
        {
            Note(new MediaChange(MediaChangeKind.Changed, relative));
        }
    }

    private void Change(string path)
    {
        if (!Directory.Exists(path))
        {
            Note(new MediaChange(MediaChangeKind.Changed, _folder.Relative(path)));
        }
    }

    private void Leave(string path)
    {
        var relative = _folder.Relative(path);
        Note(new MediaChange(MediaChangeKind.Deleted, relative, Forget(relative).Count > 0));
    }

    private void Move(string oldPath, string path)
    {
        if (Path.GetDirectoryName(oldPath) != Path.GetDirectoryName(path))
        {
            Leave(oldPath);
            Arrive(path);
            return;
        }

        var (oldRelative, relative) = (_folder.Relative(oldPath), _folder.Relative(path));
        var moved = Forget(oldRelative);
        lock (_subFolders)
        {
            _subFolders.UnionWith(moved.Select(folder => relative + folder[oldRelative.Length..]));
        }

        Note(new MediaChange(MediaChangeKind.Renamed, relative, oldRelative, moved.Count > 0 || Directory.Exists(path)));
    }

    private void Note(MediaChange change)
    {
        if (!_folder.IsSkipped(change.Path))
        {
            _note(change);
        }
    }

    /// <summary>Keeps in mind a folder and those below it.</summary>
    private void Learn(string relative)
    {
        string[] found = [relative, .. _folder.SubFolders(relative)];
        lock (_subFolders)
        {
            _subFolders.UnionWith(found);
        }
    }

    /// <summary>Strikes out a folder and those below it; gives them, and nothing when it was none.</summary>
    private List<string> Forget(string relative)
    {
        lock (_subFolders)
        {
            var found = _subFolders.Contains(relative) ? _subFolders.Where(folder => MediaChange.IsIn(folder, relative)).ToList() : [];
            _subFolders.ExceptWith(found);
            return found;
        }
    }
}
