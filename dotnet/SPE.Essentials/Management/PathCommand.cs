using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>A command that must have a path, with or without wildcards.</summary>
public abstract class PathCommand : ProviderCommand
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true,
        ParameterSetName = "Path")]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    private protected override string[] Targets => LiteralPath.Length > 0 ? LiteralPath : Path;
}
