using System.Collections.Generic;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>Set-Variable: sets the value of variables, creating those that are missing.</summary>
[Cmdlet(VerbsCommon.Set, "Variable", SupportsShouldProcess = true)]
public sealed class SetVariableCommand : PSCmdlet
{
    private readonly List<object?> _values = [];

    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public object? Value { get; set; }

    [Parameter]
    public string? Description { get; set; }

    [Parameter]
    public ScopedItemOptions Option { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    [Parameter]
    public string? Scope { get; set; }

    protected override void ProcessRecord() => _values.Add(Value);

    /// <summary>Several values from the pipeline become one list.</summary>
    protected override void EndProcessing()
    {
        object? value = _values.Count switch
        {
            0 => Value,
            1 => _values[0],
            _ => _values.ToArray(),
        };
        foreach (var name in Name)
        {
            if (ShouldProcess($"Name: {name} Value: {value}", "Set variable"))
            {
                Set(name, value);
            }
        }
    }

    private void Set(string name, object? value)
    {
        try
        {
            var known = Variables.Find(SessionState, name, Scope ?? "Local");
            var option = MyInvocation.BoundParameters.ContainsKey(nameof(Option)) ? Option : known?.Options ?? Option;
            var variable = new PSVariable(name, value, option) { Description = Description ?? known?.Description };
            var stored = Variables.Set(SessionState, variable, Scope, Force);
            if (PassThru)
            {
                WriteObject(stored);
            }
        }
        catch (SessionStateException error)
        {
            WriteError(new ErrorRecord(error.ErrorRecord, error));
        }
    }
}
