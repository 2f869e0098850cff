using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using SPE.Errors;
using SPE.MediaSync;
using SPE.Transfers;

namespace SPE.Commands;

/// <summary>A command about the folders of a media sync configuration (client-module.md 21).</summary>
public abstract class MediaSyncCommand : StreamCmdlet
{
    private protected static readonly string[] EventNames = ["FileCreated", "FileRenamed", "FileDeleted", "FileChanged"];

    [Parameter(Mandatory = true, Position = 0)]
    [Alias("configPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var folder in Folders())
        {
            Process(folder);
        }
    }

    private protected abstract void Process(MediaSyncFolder folder);

    /// <summary>Takes the subscriptions of a folder away; gives their names.</summary>
    private protected IReadOnlyList<string> Unsubscribe(MediaSyncFolder folder)
    {
        var names = EventNames.Select(name => $"{name}_{folder.Id}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var subscribers = Events.Subscribers.Where(subscriber => names.Contains(subscriber.SourceIdentifier)).ToArray();
        foreach (var subscriber in subscribers)
        {
            Events.UnsubscribeEvent(subscriber);
        }

        return [.. subscribers.Select(subscriber => subscriber.SourceIdentifier)];
    }

    /// <summary>A line for the host, as Write-Host writes it.</summary>
    private protected void Say(string text, ConsoleColor color) =>
        WriteInformation(new HostInformationMessage { Message = text, ForegroundColor = color }, ["PSHOST"]);

    private IReadOnlyList<MediaSyncFolder> Folders()
    {
        var file = LocalPath.Resolve(Path, SessionState, nameof(Path));
        try
        {
            var path = file.Reply ?? throw new InvalidDataException(file.Failure!.Message);
            return File.Exists(path) ? MediaSyncConfig.Read(path) : throw new InvalidDataException("There is no such file.");
        }
        catch (InvalidDataException error)
        {
            ThrowTerminatingError(FailureErrors.Unusable(nameof(Path), $"Path {Path} is no configuration that can be used. {error.Message}"));
            throw;
        }
    }
}
