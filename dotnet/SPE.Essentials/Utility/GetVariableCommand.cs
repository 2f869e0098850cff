using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Variable: variables by name or pattern, or their values.</summary>
[Cmdlet(VerbsCommon.Get, "Variable")]
public sealed class GetVariableCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    [Parameter]
    public string[] Include { get; set; } = [];

    [Parameter]
    public string[] Exclude { get; set; } = [];

    [Parameter]
    public string? Scope { get; set; }

    protected override void ProcessRecord()
    {
        var filter = new NameFilter(Include, Exclude);
        foreach (var name in Name)
        {
            var found = Find(name).Where(variable => filter.Accepts(variable.Name)).ToArray();
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                var error = new ItemNotFoundException($"Cannot find a variable with the name '{name}'.");
                WriteError(new ErrorRecord(error, "VariableNotFound", ErrorCategory.ObjectNotFound, name));
            }

            foreach (var variable in found)
            {
                WriteObject(ValueOnly ? variable.Value : variable);
            }
        }
    }

    private IEnumerable<PSVariable> Find(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            var known = Variables.Find(SessionState, name, Scope);
            return known is { Visibility: SessionStateEntryVisibility.Public } ? [known] : [];
        }

        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return Variables.Table(SessionState, Scope).Values
            .Where(variable => variable.Visibility == SessionStateEntryVisibility.Public && pattern.IsMatch(variable.Name))
            .OrderBy(variable => variable.Name, StringComparer.CurrentCultureIgnoreCase);
    }
}
