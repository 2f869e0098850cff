using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.MediaSync;

namespace SPE.Commands;

/// <summary>Stop-MediaSyncWatcher: ends what Start-MediaSyncWatcher began (client-module.md 21).</summary>
[Cmdlet(VerbsLifecycle.Stop, "MediaSyncWatcher")]
[OutputType(typeof(void))]
public sealed class StopMediaSyncWatcherCommand : MediaSyncCommand
{
    private protected override void Process(MediaSyncFolder folder)
    {
        foreach (var name in Unsubscribe(folder))
        {
            Say($"Stopped {name}", ConsoleColor.Yellow);
        }

        if (!MediaSyncWatchers.Stop(Runspace.DefaultRunspace.InstanceId, folder.Id))
        {
            Warn($"The folder {folder.Path} is not watched in this session.");
        }
    }
}
