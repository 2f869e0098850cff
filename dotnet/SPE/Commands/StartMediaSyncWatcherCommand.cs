using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.Errors;
using SPE.MediaSync;

namespace SPE.Commands;

/// <summary>
/// Start-MediaSyncWatcher: brings what happens in folders to the media library of a server (client-module.md 21, CM-D-36). Its output
/// is the four jobs of each folder whose streams tell what happened.
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "MediaSyncWatcher")]
[OutputType(typeof(PSEventJob))]
public sealed class StartMediaSyncWatcherCommand : MediaSyncCommand
{
    private protected override void Process(MediaSyncFolder folder)
    {
        var watcher = new MediaSyncWatcher(folder);
        if (!MediaSyncWatchers.TryAdd(Runspace.DefaultRunspace, watcher))
        {
            watcher.Dispose();
            Report(FailureErrors.Unusable(nameof(Path), $"The folder {folder.Path} is watched already. Stop-MediaSyncWatcher ends that."));
            return;
        }

        PSEventJob[] jobs = [.. EventNames.Select(name => Subscribe(watcher, name, folder))];
        try
        {
            watcher.Start();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Unsubscribe(folder);
            MediaSyncWatchers.Stop(Runspace.DefaultRunspace.InstanceId, folder.Id);
            Report(FailureErrors.Unusable(nameof(Path), $"The folder {folder.Path} cannot be watched: {error.Message}"));
            return;
        }

        WriteObject(jobs, enumerateCollection: true);
        Say($"Watching {folder.Path} for {folder.Host.GetLeftPart(UriPartial.Authority)}", ConsoleColor.Green);
        if (folder.HoldsSecret)
        {
            Warn($"The configuration {Path} holds a password or secret in clear. Keep others from reading it.");
        }
    }

    private PSEventJob Subscribe(MediaSyncWatcher watcher, string name, MediaSyncFolder folder)
    {
        var reporter = new MediaSyncReporter();
        var subscriber = Events.SubscribeEvent(
            watcher, name, $"{name}_{folder.Id}", new PSObject(reporter), ScriptBlock.Create(MediaSyncReporter.Action), false, false);
        reporter.Job = subscriber.Action;
        return subscriber.Action;
    }
}
