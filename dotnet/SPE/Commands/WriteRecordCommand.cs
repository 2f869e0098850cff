using System.Management.Automation;

namespace SPE.Commands;

/// <summary>
/// Writes a record under the caller's preferences, for a command that was called with -Debug: the engine has compiled
/// commands ask whether to go on at each verbose line, warning and error then, which a build agent cannot answer and the
/// functions of the script module never did. The module does not export it.
/// </summary>
[Cmdlet(VerbsCommunications.Write, "SpeRecord")]
public sealed class WriteRecordCommand : PSCmdlet
{
    /// <summary>An ErrorRecord, WarningRecord or VerboseRecord.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public object Record { get; set; } = null!;

    internal static CmdletInfo Info { get; } = new("Write-SpeRecord", typeof(WriteRecordCommand));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        switch (Record is PSObject wrapped ? wrapped.BaseObject : Record)
        {
            case ErrorRecord error:
                WriteError(error);
                break;
            case WarningRecord warning:
                WriteWarning(warning.Message);
                break;
            case VerboseRecord verbose:
                WriteVerbose(verbose.Message);
                break;
        }
    }
}
