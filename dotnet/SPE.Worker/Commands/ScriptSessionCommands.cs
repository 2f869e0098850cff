using System;
using System.Collections.Generic;

namespace SPE.Worker.Commands;

/// <summary>The commands every runspace of a worker has.</summary>
internal static class ScriptSessionCommands
{
    public static IReadOnlyList<(string Name, Type Type)> All { get; } =
    [
        ("Get-ScriptSession", typeof(GetScriptSessionCommand)),
        ("Out-Download", typeof(OutDownloadCommand)),
        ("Receive-ScriptSession", typeof(ReceiveScriptSessionCommand)),
        ("Remove-ScriptSession", typeof(RemoveScriptSessionCommand)),
        ("Start-ScriptSession", typeof(StartScriptSessionCommand)),
        ("Stop-ScriptSession", typeof(StopScriptSessionCommand)),
        ("Wait-ScriptSession", typeof(WaitScriptSessionCommand)),
    ];
}
