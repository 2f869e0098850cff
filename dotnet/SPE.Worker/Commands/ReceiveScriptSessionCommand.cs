using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace SPE.Worker.Commands;

/// <summary>Receive-ScriptSession: hands over the results of jobs, once, and lets the jobs go.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScriptSession", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(object))]
public sealed class ReceiveScriptSessionCommand : ScriptSessionReferenceCommand
{
    /// <summary>The results can be received again.</summary>
    [Parameter]
    public SwitchParameter KeepResult { get; set; }

    /// <summary>The job stays listed.</summary>
    [Parameter]
    public SwitchParameter KeepSession { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var id in Ids())
        {
            Receive(id);
        }
    }

    private void Receive(string id)
    {
        if (Call("session.receive", id, json => Fields(json, id)) is not { } reply)
        {
            return;
        }

        if (reply.Payload.Length > 0)
        {
            // The list is one object: stock clients expect a list within the list of the output (wire-protocol.md 5.4).
            foreach (var list in PSSerializer.DeserializeAsList(Encoding.UTF8.GetString(reply.Payload)))
            {
                WriteObject(list, enumerateCollection: false);
            }
        }

        var session = reply.Header.GetProperty("session");
        if (session.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            // WP-D-16: a failed job is an error for whoever collects it.
            WriteError(JobFailure.Of(error).ToRecord());
        }
    }

    private void Fields(Utf8JsonWriter json, string id)
    {
        json.WriteString("id", id);
        json.WriteBoolean("keepResult", KeepResult);
        json.WriteBoolean("keepSession", KeepSession);
    }
}
