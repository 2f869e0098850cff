using System;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using SPE.Worker.Channel;

namespace SPE.Worker.Commands;

/// <summary>Get-ScriptSession: the sessions and jobs of the caller.</summary>
[Cmdlet(VerbsCommon.Get, "ScriptSession", DefaultParameterSetName = "All")]
[OutputType("Spe.Core.Host.ScriptSession")]
public sealed class GetScriptSessionCommand : ScriptSessionCommand
{
    /// <summary>Ids, taken literally. Each that is not there is an error of its own.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>The session this script runs in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Current")]
    public SwitchParameter Current { get; set; }

    /// <summary>RemoteAutomation or BackgroundJob.</summary>
    [Parameter]
    [Alias("Type")]
    public string[]? SessionType { get; set; }

    /// <summary>Busy, Available, Failed or Stopped.</summary>
    [Parameter]
    public string[]? State { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != "Id")
        {
            Write(Call("session.list", null, json => json.WriteBoolean("current", Current)), null);
            return;
        }

        foreach (var id in Id)
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

        WriteObject(sessions.Where(s => Has(s, "State", State) && Has(s, "ApplianceType", SessionType)), enumerateCollection: true);
    }

    private static bool Has(PSObject session, string property, string[]? wanted) =>
        wanted is null || wanted.Contains(session.Properties[property].Value as string, StringComparer.OrdinalIgnoreCase);
}
