using System.Management.Automation;

namespace SPE.Worker.Commands;

/// <summary>Stop-ScriptSession: stops what runs in sessions, and writes them once they are stopped.</summary>
[Cmdlet(VerbsLifecycle.Stop, "ScriptSession", DefaultParameterSetName = SessionSet)]
[OutputType(ScriptSessionObject.TypeName)]
public sealed class StopScriptSessionCommand : ScriptSessionReferenceCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var id in Ids())
        {
            if (Call("session.stop", id, json => json.WriteString("id", id)) is { } reply)
            {
                WriteObject(ScriptSessionObject.Of(reply.Header.GetProperty("session")));
            }
        }
    }
}
