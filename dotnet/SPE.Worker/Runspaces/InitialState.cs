using System.Management.Automation.Runspaces;
using SPE.Worker.Commands;

namespace SPE.Worker.Runspaces;

/// <summary>What a new runspace starts with. Made once, since making it costs more than using it.</summary>
/// <param name="Session">The state it is opened with.</param>
/// <param name="Modules">What it takes from modules before its first script, null where scripts load them as they go.</param>
internal sealed record InitialState(InitialSessionState Session, RestrictedModules? Modules)
{
    public static InitialState Of(ScriptBounds bounds)
    {
        // CreateDefault looks for the snap-ins of a full PowerShell and throws in the bundled engine.
        var session = InitialSessionState.CreateDefault2();

        // Set here and not on the open runspace: so it holds from the first command on, and survives a reset.
        session.LanguageMode = bounds.Mode;
        foreach (var (name, type) in ScriptSessionCommands.All)
        {
            session.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
        }

        session.Formats.Add(new SessionStateFormatEntry(ScriptSessionView.Definition));
        if (bounds.Allowed() is not { } allowed)
        {
            return new InitialState(session, Modules: null);
        }

        RestrictedState.Restrict(session, allowed);
        return new InitialState(session, RestrictedModules.Find(allowed));
    }
}
