using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>Set-Location: changes the current location; without a path to the home folder.</summary>
[Cmdlet(VerbsCommon.Set, "Location", DefaultParameterSetName = "Path")]
public sealed class SetLocationCommand : ProviderCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    public string Path { get; set; } = "~";

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string[] Targets => [LiteralPath ?? Path];

    private protected override bool WritesItems => false;

    protected override void ProcessRecord() => Try(() =>
    {
        var location = ProviderCalls.SetLocation(SessionState.Path, Targets[0], Context, IsLiteral);
        if (PassThru)
        {
            WriteObject(location);
        }
    });
}
