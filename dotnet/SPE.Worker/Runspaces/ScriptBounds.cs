using System;
using System.Collections.Generic;
using System.Management.Automation;
using SPE.Worker.Scan;

namespace SPE.Worker.Runspaces;

/// <summary>What a runspace lets its scripts do. Scripts of other bounds never share one.</summary>
/// <param name="Mode">The language mode.</param>
/// <param name="Commands">The commands of the policy, one on a line, null where it bounds none.</param>
internal sealed record ScriptBounds(PSLanguageMode Mode, string? Commands)
{
    /// <summary>Those of scripts that may do everything.</summary>
    public static ScriptBounds None { get; } = new(PSLanguageMode.FullLanguage, null);

    public static ScriptBounds Of(PSLanguageMode mode, IReadOnlyList<string>? commands) =>
        new(mode, commands is null ? null : string.Join('\n', commands));

    /// <summary>The commands, null where all are allowed.</summary>
    public AllowedCommands? Allowed() =>
        Commands is null ? null : new AllowedCommands(Commands.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
