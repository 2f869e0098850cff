using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Microsoft.PowerShell.Commands;

/// <summary>Invoke-Expression: runs text as a script in the scope and the language mode of the caller.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Expression")]
public sealed class InvokeExpressionCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string Command { get; set; } = string.Empty;

    protected override void ProcessRecord() => InvokeCommand.InvokeScript(
        Command,
        useNewScope: false,
        PipelineResultTypes.Output | PipelineResultTypes.Error,
        input: null,
        args: []);
}
