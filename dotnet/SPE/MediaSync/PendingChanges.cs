using System;
using System.Collections.Generic;
using System.Linq;

namespace SPE.MediaSync;

/// <summary>
/// Changes that wait to be made. A file that is still being written waits until it is quiet, and its many changes are one; changes of
/// one file keep their order. Times are of one clock, in milliseconds.
/// </summary>
internal sealed class PendingChanges(int quietMilliseconds, int most)
{
    private readonly List<(MediaChange Change, long Due)> _changes = [];

    public int Count => _changes.Count;

    /// <summary>Takes a change in; false when there are too many.</summary>
    public bool Add(MediaChange change, long now)
    {
        // Nobody needs the content of a file as it was before it changed again, or is gone.
        var waiting = change.Kind == MediaChangeKind.Created ? [] : Forget(change.OldPath, change.IsFolder);
        if (change.Kind == MediaChangeKind.Renamed && waiting.Count > 0)
        {
            // What was still to be sent is sent under the new name, behind the renaming.
            _changes.Add((change, now));
            _changes.AddRange(waiting.Select(path =>
                (new MediaChange(MediaChangeKind.Changed, change.Path + path[change.OldPath.Length..]), now + quietMilliseconds)));
            return true;
        }

        if (_changes.Count >= most)
        {
            return false;
        }

        _changes.Add((change, change.Kind == MediaChangeKind.Changed ? now + quietMilliseconds : now));
        return true;
    }

    /// <summary>Takes the next change that may be made; null when none may be yet.</summary>
    public MediaChange? Take(long now)
    {
        var index = _changes.FindIndex(entry => entry.Due <= now && IsFirst(entry.Change));
        if (index < 0)
        {
            return null;
        }

        var change = _changes[index].Change;
        _changes.RemoveAt(index);
        return change;
    }

    /// <summary>Milliseconds until the next one is due; -1 when there is none.</summary>
    public int Wait(long now) => _changes.Count == 0 ? -1 : (int)Math.Clamp(_changes.Min(entry => entry.Due) - now, 1, int.MaxValue);

    private bool IsFirst(MediaChange change) => _changes.First(entry => entry.Change.Concerns(change)).Change == change;

    /// <summary>Leaves out the content of a file that waits, or of all in a folder; gives the paths of what was left out.</summary>
    private List<string> Forget(string path, bool isFolder)
    {
        var paths = new List<string>();
        _changes.RemoveAll(entry =>
        {
            var other = entry.Change;
            var isMeant = other.Kind == MediaChangeKind.Changed && (isFolder ? MediaChange.IsIn(other.Path, path) : other.Path == path);
            if (isMeant)
            {
                paths.Add(other.Path);
            }

            return isMeant;
        });
        return paths;
    }
}
