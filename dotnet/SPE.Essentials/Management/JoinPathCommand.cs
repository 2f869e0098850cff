using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Join-Path: puts the parts of a path together with the separator of their provider.</summary>
[Cmdlet(VerbsCommon.Join, "Path")]
public sealed class JoinPathCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] Path { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? ChildPath { get; set; }

    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string?[]? AdditionalChildPath { get; set; }

    [Parameter]
    public SwitchParameter Resolve { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var start in Path)
        {
            try
            {
                var joined = (AdditionalChildPath ?? []).Prepend(ChildPath).Aggregate(
                    start, (path, child) => SessionState.Path.Combine(path, child ?? string.Empty));
                if (Resolve)
                {
                    WriteObject(SessionState.Path.GetResolvedPSPathFromPSPath(joined).Select(path => path.Path), true);
                }
                else
                {
                    WriteObject(joined);
                }
            }
            catch (SessionStateException error)
            {
                WriteError(new ErrorRecord(error.ErrorRecord, error));
            }
        }
    }
}
