using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;

namespace SPE.MediaSync;

/// <summary>The watchers of each runspace. They end with it, and with the module.</summary>
internal static class MediaSyncWatchers
{
    private static readonly Dictionary<(Guid Runspace, string Id), MediaSyncWatcher> Running = [];

    /// <summary>Keeps a watcher; false when its folder is watched already.</summary>
    public static bool TryAdd(Runspace runspace, MediaSyncWatcher watcher)
    {
        lock (Running)
        {
            if (!Running.TryAdd((runspace.InstanceId, watcher.Id), watcher))
            {
                return false;
            }
        }

        runspace.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
            {
                StopAll(runspace.InstanceId);
            }
        };
        return true;
    }

    /// <summary>Ends a watcher; false when there is none of that id.</summary>
    public static bool Stop(Guid runspace, string id)
    {
        MediaSyncWatcher? watcher;
        lock (Running)
        {
            if (!Running.Remove((runspace, id), out watcher))
            {
                return false;
            }
        }

        watcher.Dispose();
        return true;
    }

    /// <summary>Ends every watcher of a runspace.</summary>
    public static void StopAll(Guid runspace)
    {
        string[] ids;
        lock (Running)
        {
            ids = [.. Running.Keys.Where(key => key.Runspace == runspace).Select(key => key.Id)];
        }

        foreach (var id in ids)
        {
            Stop(runspace, id);
        }
    }
}
