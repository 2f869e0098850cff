using System;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Information: writes an information record with tags.</summary>
[Cmdlet(VerbsCommunications.Write, "Information")]
public sealed class WriteInformationCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Msg", "Message")]
    [AllowNull]
    public object? MessageData { get; set; }

    [Parameter(Position = 1)]
    public string[] Tags { get; set; } = [];

    /// <summary>Tags that begin with PS are the engine's.</summary>
    protected override void BeginProcessing()
    {
        foreach (var tag in Tags)
        {
            if (tag.StartsWith("PS", StringComparison.OrdinalIgnoreCase))
            {
                var refusal = new InvalidOperationException($"The tag '{tag}' is reserved: no tag may begin with 'PS'.");
                ThrowTerminatingError(
                    new ErrorRecord(refusal, "PSPrefixReservedInInformationTag", ErrorCategory.InvalidArgument, tag));
            }
        }
    }

    protected override void ProcessRecord() => WriteInformation(MessageData, Tags);
}
