using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace SPE.Worker.Scan;

/// <summary>
/// Functions that a script defines may be called by it: their bodies are in the script, and looked at with it (WP-D-40).
/// </summary>
internal static partial class FunctionRules
{
    private static readonly string[] Scopes = ["global:", "script:", "local:", "private:"];

    public static HashSet<string> NamesIn(IEnumerable<Ast> nodes) =>
        nodes.OfType<FunctionDefinitionAst>().Select(function => Name(function)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A function may not take the name of a command that is not allowed: a call before its definition, or past it, would be of
    /// the command.
    /// </summary>
    public static Finding? Check(FunctionDefinitionAst function, AllowedCommands allowed)
    {
        var name = Name(function);
        if (function.IsWorkflow || !Plain().IsMatch(name))
        {
            return Finding.At(function, function.Name, "A function has a name of letters, digits, '-' and '_'.");
        }

        return AllowedCommands.IsOfTheEngine(name) && !allowed.Allow(name)
            ? Finding.At(function, name, $"The function '{name}' has the name of a command that is not allowed.")
            : null;
    }

    private static string Name(FunctionDefinitionAst function)
    {
        var scope = Array.Find(Scopes, scope => function.Name.StartsWith(scope, StringComparison.OrdinalIgnoreCase));
        return function.Name[(scope?.Length ?? 0)..];
    }

    [GeneratedRegex(@"\A[\p{L}\p{N}_-]{1,128}\z")]
    private static partial Regex Plain();
}
