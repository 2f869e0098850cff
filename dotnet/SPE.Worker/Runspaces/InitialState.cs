using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.Worker.Commands;

namespace SPE.Worker.Runspaces;

/// <summary>What a new runspace starts with, by language mode. Made once, since making it costs more than using it.</summary>
internal sealed class InitialState
{
    private readonly Dictionary<PSLanguageMode, InitialSessionState> _states = [];

    public InitialSessionState Of(PSLanguageMode mode)
    {
        if (!_states.TryGetValue(mode, out var state))
        {
            state = Create(mode);
            _states.Add(mode, state);
        }

        return state;
    }

    private static InitialSessionState Create(PSLanguageMode mode)
    {
        // CreateDefault looks for the snap-ins of a full PowerShell and throws in the bundled engine.
        var state = InitialSessionState.CreateDefault2();

        // Set here and not on the open runspace: so it holds from the first command on, and survives a reset.
        state.LanguageMode = mode;
        foreach (var (name, type) in ScriptSessionCommands.All)
        {
            state.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
        }

        state.Formats.Add(new SessionStateFormatEntry(ScriptSessionView.Definition));
        return state;
    }
}
