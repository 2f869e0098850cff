using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;

namespace SPE.Worker.Scan;

/// <summary>
/// The commands of a policy with those of every script (wire-protocol.md 7.4). Names are compared without regard to case, with
/// or without the qualifier of a module that is known, and behind the aliases of the engine (WP-D-40).
/// </summary>
internal sealed class AllowedCommands
{
    /// <summary>What a script needs to say anything at all, and what the module's own scripts need.</summary>
    public static IReadOnlyList<string> Baseline { get; } =
    [
        "ConvertTo-Json",
        "Out-Default",
        "Out-Null",
        "Out-String",
        "Select-Object",
        "Write-Debug",
        "Write-Error",
        "Write-Host",
        "Write-Information",
        "Write-Output",
        "Write-Progress",
        "Write-Verbose",
        "Write-Warning",
    ];

    /// <summary>Modules of the engine. Nothing else has their names, since a session under a policy cannot load a module.</summary>
    private static readonly HashSet<string> KnownModules = new(StringComparer.OrdinalIgnoreCase)
    {
        "Microsoft.PowerShell.Core",
        "Microsoft.PowerShell.Management",
        "Microsoft.PowerShell.Security",
        "Microsoft.PowerShell.Utility",
    };

    /// <summary>The aliases and commands that the engine itself brings, each with what it stands for.</summary>
    private static readonly Dictionary<string, string> Engine = ReadEngine();

    private readonly HashSet<string> _qualified;
    private readonly HashSet<string> _short;

    public AllowedCommands(IEnumerable<string> listed)
    {
        _qualified = new(listed, StringComparer.OrdinalIgnoreCase);
        _short = new(_qualified.Select(Short).Concat(Baseline), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The names as the policy writes them, and those of every script.</summary>
    public IEnumerable<string> Written => _qualified.Concat(Baseline);

    /// <summary>The name of a command without the module in front.</summary>
    public static string Short(string name) => name[(name.LastIndexOf('\\') + 1)..];

    /// <summary>Whether the engine means something by the name without a script that defines it.</summary>
    public static bool IsOfTheEngine(string name) => Engine.ContainsKey(name);

    /// <summary>The command behind an alias of the engine, and any other name as it is.</summary>
    public static string Resolve(string name) => Engine.TryGetValue(name, out var meant) ? meant : name;

    public bool Allow(string name)
    {
        var meant = Resolve(name);
        var split = meant.LastIndexOf('\\');
        return split < 0
            ? _short.Contains(meant)
            : _qualified.Contains(meant) || (KnownModules.Contains(meant[..split]) && _short.Contains(meant[(split + 1)..]));
    }

    private static Dictionary<string, string> ReadEngine()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in InitialSessionState.CreateDefault2().Commands)
        {
            var meant = entry is SessionStateAliasEntry alias ? alias.Definition : entry.Name;
            names[entry.Name] = meant;

            // Of commands that are in modules, the aliases tell.
            names.TryAdd(meant, meant);
        }

        return names;
    }
}
