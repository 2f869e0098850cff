using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Progress: reports how far a piece of work has come.</summary>
[Cmdlet(VerbsCommunications.Write, "Progress")]
public sealed class WriteProgressCommand : PSCmdlet
{
    private const string Default = "Processing";

    [Parameter(Position = 0)]
    public string Activity { get; set; } = Default;

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Status { get; set; } = Default;

    [Parameter(Position = 2)]
    [ValidateRange(0, int.MaxValue)]
    public int Id { get; set; }

    [Parameter]
    [ValidateRange(-1, 100)]
    public int PercentComplete { get; set; } = -1;

    /// <summary>Seconds that are left; -1 when nobody knows.</summary>
    [Parameter]
    public int SecondsRemaining { get; set; } = -1;

    [Parameter]
    public string CurrentOperation { get; set; } = string.Empty;

    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int ParentId { get; set; } = -1;

    [Parameter]
    public SwitchParameter Completed { get; set; }

    [Parameter]
    public int SourceId { get; set; }

    protected override void ProcessRecord() =>
        CommandRuntime.WriteProgress(
            SourceId,
            new ProgressRecord(Id, Activity.Length > 0 ? Activity : Default, Status)
            {
                ParentActivityId = ParentId,
                PercentComplete = PercentComplete,
                SecondsRemaining = SecondsRemaining,
                CurrentOperation = CurrentOperation,
                RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
            });
}
