using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;

namespace SPE.Worker.Scan;

/// <summary>What a script may call.</summary>
internal static class CommandRules
{
    public const string Dynamic = "(dynamic invocation)";

    private const string ForEachObject = "ForEach-Object";

    /// <summary>The parameters of ForEach-Object that take script blocks.</summary>
    private static readonly string[] Blocks = ["Begin", "Process", "End", "RemainingScripts"];

    /// <summary>Those that take any value.</summary>
    private static readonly string[] Values =
    [
        "InputObject", "ErrorAction", "WarningAction", "InformationAction", "ProgressAction", "ErrorVariable", "WarningVariable",
        "InformationVariable", "OutVariable", "OutBuffer", "PipelineVariable",
    ];

    /// <summary>All others: only so that an abbreviation of one of them is not taken for one of the above.</summary>
    private static readonly string[] Others =
    [
        "MemberName", "ArgumentList", "Parallel", "ThrottleLimit", "TimeoutSeconds", "AsJob", "UseNewRunspace", "WhatIf", "Confirm",
        "Verbose", "Debug",
    ];

    public static Finding? Check(CommandAst command, AllowedCommands allowed, IReadOnlySet<string> functions)
    {
        if (command.CommandElements[0] is not StringConstantExpressionAst { Value: var name } || command.DefiningKeyword is not null)
        {
            return Finding.At(command, Dynamic, "What a script calls has to be named in it, so that it can be looked up.");
        }

        if (functions.Contains(name))
        {
            return null;
        }

        if (!allowed.Allow(name))
        {
            return Finding.At(command, name, $"'{name}' is none of the commands that are allowed.");
        }

        var meant = AllowedCommands.Short(AllowedCommands.Resolve(name));
        return meant.Equals(ForEachObject, StringComparison.OrdinalIgnoreCase) ? CheckForEach(command) : null;
    }

    /// <summary>
    /// ForEach-Object calls methods by their names and starts threads that no language mode binds, so it takes nothing but
    /// script blocks that stand there.
    /// </summary>
    private static Finding? CheckForEach(CommandAst command)
    {
        var blocks = 0;
        for (var i = 1; i < command.CommandElements.Count; i++)
        {
            var element = command.CommandElements[i];
            if (element is CommandParameterAst { ParameterName: var name } parameter)
            {
                var meant = Meant(name);
                if (meant is null || Others.Contains(meant))
                {
                    return Finding.At(element, $"{ForEachObject} -{name}", $"{ForEachObject} takes script blocks only.");
                }

                var value = (Ast?)parameter.Argument ?? (++i < command.CommandElements.Count ? command.CommandElements[i] : null);
                if (Values.Contains(meant))
                {
                    continue;
                }

                element = value as CommandElementAst;
            }

            if (!IsBlocks(element))
            {
                return Finding.At(
                    (Ast?)element ?? command, ForEachObject, $"{ForEachObject} takes script blocks only, which stand in the script.");
            }

            blocks++;
        }

        return blocks > 0 ? null : Finding.At(command, ForEachObject, $"{ForEachObject} is called without a script block.");
    }

    private static bool IsBlocks(CommandElementAst? element) => element switch
    {
        ScriptBlockExpressionAst => true,
        ArrayLiteralAst list => list.Elements.All(IsBlocks),
        _ => false,
    };

    /// <summary>The parameter an abbreviation can only mean, null for none.</summary>
    private static string? Meant(string name)
    {
        var all = Blocks.Concat(Values).Concat(Others)
            .Where(known => known.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            .Take(2)
            .ToList();
        return all is [var only] ? only : null;
    }
}
