using System.Management.Automation;
using SPE.Native;

namespace SPE.Transfers;

/// <summary>Shows how far one transfer is. A short one shows nothing.</summary>
internal sealed class TransferProgress(Cmdlet cmdlet, string activity, string description)
{
    /// <summary>Another than the scripts' own 0 and 1, so that a loop around the command keeps its bar.</summary>
    private const int ActivityId = 0x535045;

    private bool _shown;

    /// <summary>Shows an event of the transfer.</summary>
    public void Show(OperationEvent item)
    {
        if (item is not ProgressEvent progress)
        {
            return;
        }

        _shown = true;
        var record = new ProgressRecord(ActivityId, activity, description) { CurrentOperation = Bytes(progress) };
        if (progress.Total > 0)
        {
            record.PercentComplete = (int)(100 * progress.Done / progress.Total);
        }

        cmdlet.WriteProgress(record);
    }

    /// <summary>Takes the bar away.</summary>
    public void Complete()
    {
        // A pipeline that is being stopped takes nothing any more, and its host takes its bars away by itself.
        if (_shown && !cmdlet.Stopping)
        {
            cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, description) { RecordType = ProgressRecordType.Completed });
        }
    }

    private static string Bytes(ProgressEvent progress) =>
        progress.Total < 0 ? $"{progress.Done:N0} bytes" : $"{progress.Done:N0} of {progress.Total:N0} bytes";
}
