using System;
using System.Management.Automation;
using SPE.MediaSync;

namespace SPE.Commands;

/// <summary>
/// Tells of a change on the host and in the streams of its job. The engine empties the error stream of such a job with each event, so
/// errors are in its output as well, where Receive-Job finds them. The module does not export it.
/// </summary>
[Cmdlet(VerbsCommunications.Write, "SpeMediaSyncNotice")]
public sealed class WriteMediaSyncNoticeCommand : PSCmdlet
{
    /// <summary>The job of the subscription.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Job Job { get; set; } = null!;

    [Parameter(Mandatory = true, Position = 1)]
    public MediaSyncEventArgs Notice { get; set; } = null!;

    internal static CmdletInfo Info { get; } = new("Write-SpeMediaSyncNotice", typeof(WriteMediaSyncNoticeCommand));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var line = new HostInformationMessage
        {
            Message = Notice.Text, ForegroundColor = Notice.Error is null ? ConsoleColor.Cyan : ConsoleColor.Red,
        };
        WriteInformation(line, ["PSHOST"]);
        Job.Information.Add(new InformationRecord(line, "SPE"));
        if (Notice.Error is { } error)
        {
            WriteError(error);
            WriteObject(error);
        }
    }
}
