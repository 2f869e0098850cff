using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace SPE.Worker.Commands;

/// <summary>Start-ScriptSession: runs a script block as a job in a session of its own.</summary>
[Cmdlet(VerbsLifecycle.Start, "ScriptSession", DefaultParameterSetName = "New")]
[OutputType(ScriptSessionObject.TypeName)]
public sealed class StartScriptSessionCommand : ScriptSessionCommand
{
    /// <summary>What to run. It sees its arguments and nothing else of this script.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>Each key becomes a variable of the job.</summary>
    [Parameter]
    public IDictionary? ArgumentList { get; set; }

    /// <summary>Name of the job, its id when there is none.</summary>
    [Parameter]
    public string? JobName { get; set; }

    /// <summary>Ids to give, one job each. A session that has the id is used again. A new GUID when there is none.</summary>
    [Parameter(ParameterSetName = "New")]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Existing sessions to run in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Existing")]
    [ValidateNotNullOrEmpty]
    public PSObject[] Session { get; set; } = [];

    /// <summary>The session goes away when its run ends, with its results.</summary>
    [Parameter]
    public SwitchParameter AutoDispose { get; set; }

    /// <summary>The caller's own account. Any other is refused.</summary>
    [Parameter]
    public string? Identity { get; set; }

    /// <summary>Refused.</summary>
    [Parameter]
    public SwitchParameter DisableSecurity { get; set; }

    /// <summary>Refused.</summary>
    [Parameter]
    public SwitchParameter Interactive { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (JobRefusal.Of(Run.User, Identity, DisableSecurity, Interactive) is { } refusal)
        {
            throw Refuse(refusal.ErrorId, refusal.Category, refusal.Message);
        }

        var script = Encoding.UTF8.GetBytes(ScriptBlock.ToString());
        var arguments = ArgumentList is { Count: > 0 } list ? Encoding.UTF8.GetBytes(PSSerializer.Serialize(list, 2)) : [];
        IEnumerable<string?> targets = Session.Length > 0 ? IdsOf(Session) : Id is { } ids ? ids : [null!];
        foreach (var id in targets)
        {
            if (Call("session.start", id, json => Fields(json, id, script.Length), [.. script, .. arguments]) is { } reply)
            {
                WriteObject(ScriptSessionObject.Of(reply.Header.GetProperty("session")));
            }
        }
    }

    private void Fields(Utf8JsonWriter json, string? id, int scriptLength)
    {
        json.WriteString("id", id);
        json.WriteString("name", JobName);
        json.WriteBoolean("autoDispose", AutoDispose);
        json.WriteNumber("scriptLength", scriptLength);
    }
}
