using System;
using System.Collections;
using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace SPE.Worker.Commands;

/// <summary>Start-ScriptSession: runs a script block as a job in a session of its own.</summary>
[Cmdlet(VerbsLifecycle.Start, "ScriptSession", DefaultParameterSetName = NewSet)]
[OutputType("Spe.Core.Host.ScriptSession")]
public sealed class StartScriptSessionCommand : ScriptSessionCommand
{
    private const string NewSet = "New";
    private const string ExistingSet = "Existing";

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

    /// <summary>Id to give it, a new GUID when there is none.</summary>
    [Parameter(ParameterSetName = NewSet)]
    [ValidateNotNullOrEmpty]
    public string? Id { get; set; }

    /// <summary>An existing session to run in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ExistingSet)]
    [ValidateNotNull]
    public PSObject Session { get; set; } = null!;

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
        Check();
        var id = ParameterSetName == ExistingSet ? SessionReference.IdOf(Session) : Id;
        var script = Encoding.UTF8.GetBytes(ScriptBlock.ToString());
        var arguments = ArgumentList is { Count: > 0 } list ? Encoding.UTF8.GetBytes(PSSerializer.Serialize(list, 2)) : [];
        var reply = Call("session.start", id, json => Fields(json, id, script.Length), [.. script, .. arguments]);
        if (reply is { } frame)
        {
            WriteObject(ScriptSessionObject.Of(frame.Header.GetProperty("session")));
        }
    }

    private void Fields(Utf8JsonWriter json, string? id, int scriptLength)
    {
        json.WriteString("id", id);
        json.WriteString("name", JobName);
        json.WriteBoolean("autoDispose", AutoDispose);
        json.WriteNumber("scriptLength", scriptLength);
    }

    private void Check()
    {
        if (Identity is { Length: > 0 } identity && !identity.Equals(Run.User, StringComparison.OrdinalIgnoreCase))
        {
            throw Refuse("IdentityRefused", ErrorCategory.PermissionDenied, $"A job runs as its caller, {Run.User}; -Identity cannot name another.");
        }

        if (DisableSecurity)
        {
            throw Refuse("DisableSecurityRefused", ErrorCategory.PermissionDenied, "A job runs with the rights of its caller; -DisableSecurity is not possible.");
        }

        if (Interactive)
        {
            throw Refuse("InteractiveRefused", ErrorCategory.NotImplemented, "A job has nobody to ask; -Interactive is not possible.");
        }
    }
}
