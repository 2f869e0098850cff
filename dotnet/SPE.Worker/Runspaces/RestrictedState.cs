using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.Worker.Scan;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The second layer under the scan: a session from which all that is not allowed was removed. What is only hidden, a script
/// block still reaches (engine-notes.md 4).
/// </summary>
internal static class RestrictedState
{
    /// <summary>Files are what commands of the policy reach; functions, aliases, variables and the environment are nobody's.</summary>
    private const string Files = "FileSystem";

    public static void Restrict(InitialSessionState session, AllowedCommands allowed)
    {
        // With them go all programs and script files, which are entries named '*'.
        var kept = session.Commands
            .Where(command => command is SessionStateCmdletEntry or SessionStateAliasEntry && allowed.Allow(command.Name))
            .ToList();
        session.Commands.Clear();
        session.Commands.Add(kept);

        var files = session.Providers.Where(provider => provider.Name == Files).ToList();
        session.Providers.Clear();
        session.Providers.Add(files);

        // In all scopes: where a script could have one of its own, the engine would listen to that.
        session.Variables.Add(new SessionStateVariableEntry(
            "PSModuleAutoLoadingPreference",
            PSModuleAutoLoadingPreference.None,
            string.Empty,
            ScopedItemOptions.Constant | ScopedItemOptions.AllScope));
    }
}
