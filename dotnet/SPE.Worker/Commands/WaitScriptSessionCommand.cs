using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text.Json;

namespace SPE.Worker.Commands;

/// <summary>Wait-ScriptSession: waits until jobs have ended, and writes those that have.</summary>
[Cmdlet(VerbsLifecycle.Wait, "ScriptSession", DefaultParameterSetName = SessionSet)]
[OutputType(ScriptSessionObject.TypeName)]
public sealed class WaitScriptSessionCommand : ScriptSessionReferenceCommand
{
    private readonly List<string> _ids = [];

    /// <summary>Seconds to wait at most; 0 and -1 are no bound.</summary>
    [Parameter]
    [ValidateRange(-1, int.MaxValue / 1000)]
    public int Timeout { get; set; } = -1;

    /// <summary>The end of one is enough.</summary>
    [Parameter]
    public SwitchParameter Any { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var id in Ids())
        {
            if (id != Run.SessionId)
            {
                _ids.Add(id);
                continue;
            }

            WriteError(new ErrorRecord(
                new InvalidOperationException($"The script runs in the session '{id}' itself and would wait for its own end."),
                "WaitForOwnSession",
                ErrorCategory.DeadlockDetected,
                id));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count > 0 && Call("session.wait", _ids, Fields) is { } reply)
        {
            WriteSessions(reply);
        }
    }

    private void Fields(Utf8JsonWriter json)
    {
        json.WriteStartArray("ids");
        foreach (var id in _ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteBoolean("any", Any);
        json.WriteNumber("timeoutMs", Timeout > 0 ? Timeout * 1000L : 0);
    }
}
