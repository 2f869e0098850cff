using System.Management.Automation;

namespace SPE.Worker.Commands;

/// <summary>Remove-ScriptSession: stops sessions and forgets them, with their results.</summary>
[Cmdlet(VerbsCommon.Remove, "ScriptSession", DefaultParameterSetName = SessionSet)]
public sealed class RemoveScriptSessionCommand : ScriptSessionReferenceCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var id in Ids())
        {
            var reply = Call("session.remove", id, json => json.WriteString("id", id));
            if (reply is { } frame && !frame.Header.GetProperty("removed").GetBoolean())
            {
                WriteNotFound(id);
            }
        }
    }
}
