using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Worker.Commands;

/// <summary>How a list of script sessions looks as text.</summary>
internal static class ScriptSessionView
{
    private static readonly string[] Columns = ["ID", "ApplianceType", "State", "JobName"];

    public static ExtendedTypeDefinition Definition { get; } = Create();

    private static ExtendedTypeDefinition Create()
    {
        var headers = new List<TableControlColumnHeader>();
        var entries = new List<TableControlColumn>();
        foreach (var column in Columns)
        {
            headers.Add(new TableControlColumnHeader());
            entries.Add(new TableControlColumn(Alignment.Undefined, new DisplayEntry(column, DisplayEntryValueType.Property)));
        }

        var table = new TableControl(new TableControlRow(entries), headers);
        return new ExtendedTypeDefinition(
            ScriptSessionObject.TypeName, [new FormatViewDefinition("ScriptSession", table)]);
    }
}
