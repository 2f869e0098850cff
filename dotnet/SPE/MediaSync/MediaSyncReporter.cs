using System.Management.Automation;
using SPE.Commands;

namespace SPE.MediaSync;

/// <summary>What the action of a subscription tells by. Scripts in ConstrainedLanguage may read its properties.</summary>
public sealed class MediaSyncReporter
{
    /// <summary>
    /// The work is done by the watcher; what runs in the caller's session only tells of it, in the caller's own language mode.
    /// </summary>
    internal const string Action = "& $event.MessageData.Command $event.MessageData.Job $event.SourceEventArgs";

    internal MediaSyncReporter()
    {
    }

    /// <summary>The command that tells.</summary>
    public CommandInfo Command { get; } = WriteMediaSyncNoticeCommand.Info;

    /// <summary>Where it tells.</summary>
    public Job? Job { get; internal set; }
}
