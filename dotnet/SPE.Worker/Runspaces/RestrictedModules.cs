using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell.Commands;
using SPE.Worker.Scan;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The allowed commands that are in modules. A restricted session loads no module by itself, so it is given just these of each.
/// </summary>
internal sealed class RestrictedModules
{
    private const CommandTypes Kinds = CommandTypes.Cmdlet | CommandTypes.Function | CommandTypes.Filter;

    /// <summary>By its class, since no restricted session has it by its name.</summary>
    private static readonly CmdletInfo Import = new("Import-Module", typeof(ImportModuleCommand));

    private readonly AllowedCommands _allowed;
    private readonly IReadOnlyList<Part> _parts;

    private RestrictedModules(AllowedCommands allowed, IReadOnlyList<Part> parts) => (_allowed, _parts) = (allowed, parts);

    /// <summary>Finds where the commands are, in a session that is not restricted and is closed again.</summary>
    public static RestrictedModules Find(AllowedCommands allowed)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddCommand("Get-Command")
            .AddParameter("Name", allowed.Written.ToArray())
            .AddParameter("CommandType", Kinds)
            .AddParameter("ErrorAction", ActionPreference.Ignore);
        var parts = shell.Invoke<CommandInfo>()
            .Where(command => command.Module is { Path.Length: > 0 })
            .GroupBy(command => command.Module.Path)
            .Select(module => new Part(module.Key, Names<CmdletInfo>(module), Names<FunctionInfo>(module)))
            .ToList();
        return new RestrictedModules(allowed, parts);
    }

    /// <summary>Gives the session its commands.</summary>
    /// <exception cref="RunRefusedException">A module brings along more than it is asked for.</exception>
    public void AddTo(Runspace runspace)
    {
        foreach (var part in _parts)
        {
            using var shell = PowerShell.Create();
            shell.Runspace = runspace;
            shell.AddCommand(Import)
                .AddParameter("Name", part.Module)
                .AddParameter("Cmdlet", part.Cmdlets)
                .AddParameter("Function", part.Functions)
                .AddParameter("Alias", Array.Empty<string>())
                .AddParameter("Variable", Array.Empty<string>())
                .AddParameter("WarningAction", ActionPreference.Ignore);
            shell.Invoke();
        }

        var commands = runspace.SessionStateProxy.InvokeCommand.GetCommands("*", Kinds | CommandTypes.Alias, nameIsPattern: true);
        if (commands.FirstOrDefault(command => !_allowed.Allow(command.Name)) is { } more)
        {
            throw RunRefusedException.Policy(
                $"The module '{more.ModuleName}' brings '{more.Name}' along, which the policy does not allow. The policy has to list it, or none of what needs it.");
        }
    }

    private static string[] Names<T>(IEnumerable<CommandInfo> commands)
        where T : CommandInfo => [.. commands.OfType<T>().Select(command => command.Name)];

    private sealed record Part(string Module, string[] Cmdlets, string[] Functions);
}
