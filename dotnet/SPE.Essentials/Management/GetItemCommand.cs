using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Item: the items at paths, such as files, variables or environment variables.</summary>
[Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
public sealed class GetItemCommand : PathCommand
{
    protected override void ProcessRecord()
    {
        foreach (var path in Targets)
        {
            Try(() => ProviderCalls.Get(InvokeProvider.Item, path, Context));
        }
    }
}
