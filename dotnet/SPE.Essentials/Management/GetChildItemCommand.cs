using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-ChildItem: what lies in containers, such as the files of a folder. The provider adds -File, -Directory and more.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Items")]
public sealed class GetChildItemCommand : ProviderCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Items")]
    public string[] Path { get; set; } = ["."];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralItems")]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter(Position = 1)]
    public override string? Filter { get; set; }

    [Parameter]
    [Alias("s", "r")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>How many levels of containers to go down; it implies -Recurse.</summary>
    [Parameter]
    public uint Depth { get; set; } = uint.MaxValue;

    [Parameter]
    public SwitchParameter Name { get; set; }

    private protected override string[] Targets => LiteralPath.Length > 0 ? LiteralPath : Path;

    private bool GoesDown => Recurse || Depth != uint.MaxValue;

    protected override void ProcessRecord()
    {
        foreach (var path in Targets)
        {
            Try(() => Write(path));
        }
    }

    private protected override object? ProviderParameters(string path, object context) =>
        ProviderCalls.ParametersOfGet(InvokeProvider.ChildItem, path, GoesDown, context);

    private void Write(string path)
    {
        var children = InvokeProvider.ChildItem;
        if (Name)
        {
            ProviderCalls.GetNames(children, path, ReturnContainers.ReturnMatchingContainers, GoesDown, Depth, Context);
        }
        else
        {
            ProviderCalls.Get(children, path, GoesDown, Depth, Context);
        }
    }
}
