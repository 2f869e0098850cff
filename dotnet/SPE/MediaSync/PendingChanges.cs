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
        switch (change.Kind)
        {
            case MediaChangeKind.Changed:
                Forget(change.Path);
                break;
            case MediaChangeKind.Deleted:
                // Nobody needs the content of a file that is gone.
                Forget(change.Path);
                break;
            case MediaChangeKind.Renamed:
                // What was still to be sent is sent under the new name, behind the renaming.
                if (Forget(change.OldPath))
                {
                    _changes.Add((change, now));
                    _changes.Add((new MediaChange(MediaChangeKind.Changed, change.Path), now + quietMilliseconds));
                    return true;
                }

                break;
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

    /// <summary>Leaves out the content of a file that waits; whether there was any.</summary>
    private bool Forget(string path) =>
        _changes.RemoveAll(entry => entry.Change.Kind == MediaChangeKind.Changed && entry.Change.Path == path) > 0;
}
