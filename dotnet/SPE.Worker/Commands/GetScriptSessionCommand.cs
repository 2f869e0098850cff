using System;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using SPE.Worker.Channel;

namespace SPE.Worker.Commands;

/// <summary>Get-ScriptSession: the sessions and jobs of the caller.</summary>
[Cmdlet(VerbsCommon.Get, "ScriptSession", DefaultParameterSetName = "All")]
[OutputType(ScriptSessionObject.TypeName)]
public sealed class GetScriptSessionCommand : ScriptSessionCommand
{
    /// <summary>Ids, taken literally. Each that is not there is an error of its own.</summary>
    [Parameter(
        Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Sessions to read again.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Session")]
    [ValidateNotNullOrEmpty]
    public PSObject[] Session { get; set; } = [];

    /// <summary>The session this script runs in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Current")]
    public SwitchParameter Current { get; set; }

    /// <summary>Kinds, with wildcards.</summary>
    [Parameter]
    [Alias("Type")]
    public string[]? SessionType { get; set; }

    /// <summary>States.</summary>
    [Parameter]
    [ValidateSet("Busy", "Available", "Failed", "Stopped")]
    public string[]? State { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName is "All" or "Current")
        {
            Write(Call("session.list", null, json => json.WriteBoolean("current", Current)), null);
            return;
        }

        foreach (var id in ParameterSetName == "Id" ? Id : IdsOf(Session))
        {
            Write(Call("session.list", id, json => One(json, id)), id);
        }
    }

    private static void One(Utf8JsonWriter json, string id)
    {
        json.WriteStartArray("ids");
        json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteBoolean("current", false);
    }

    private void Write(Frame? reply, string? wanted)
    {
        if (reply is not { } frame)
        {
            return;
        }

        var sessions = ScriptSessionObject.AllOf(frame);
        if (sessions.Count == 0 && wanted is not null)
        {
            WriteNotFound(wanted);
        }

        WriteObject(sessions.Where(IsWanted), enumerateCollection: true);
    }

    private bool IsWanted(PSObject session)
    {
        var state = session.Properties["State"].Value as string;
        var kind = session.Properties["ApplianceType"].Value as string;
        return (State is null || State.Contains(state, StringComparer.OrdinalIgnoreCase))
            && (SessionType is null || SessionType.Any(type => WildcardPattern.Get(type, WildcardOptions.IgnoreCase).IsMatch(kind)));
    }
}
