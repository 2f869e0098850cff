using System.Management.Automation;

namespace SPE.Worker.Formats;

/// <summary>
/// Completes the output of a run within its runspace. The engine leaves script properties out where no pipeline of the
/// runspace runs on the thread that serialises. No script can call it: no runspace has it by a name.
/// </summary>
[Cmdlet(VerbsLifecycle.Complete, "RunOutput")]
internal sealed class CompleteOutputCommand : PSCmdlet
{
    /// <summary>How a pipeline names it.</summary>
    public static CmdletInfo Info { get; } = new("Complete-RunOutput", typeof(CompleteOutputCommand));

    [Parameter]
    public RunOutput Output { get; set; } = null!;

    protected override void ProcessRecord() => Output.Complete();
}
