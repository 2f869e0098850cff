using System;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation.Language;

namespace SPE.Worker.Scan;

/// <summary>
/// Looks at a script and runs nothing of it (wire-protocol.md 7.3). Everything in it has to be known and allowed; a node of the
/// syntax tree that this scan does not know is refused, so a later engine opens nothing.
/// </summary>
internal static class ScriptScan
{
    /// <summary>Longest script, in characters.</summary>
    public const int Longest = 256 * 1024;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>What the script is refused for, null when there is nothing.</summary>
    public static Finding? Of(string script, AllowedCommands allowed)
    {
        if (script.Length > Longest)
        {
            return TooMuch($"A script under a policy has at most {Longest} characters, this one {script.Length}.");
        }

        // Before it is parsed: the parser itself would go and look for what it names.
        if (LeadingUsing.Find(script) is { } found)
        {
            return found;
        }

        var started = Stopwatch.StartNew();
        var tree = Parser.ParseInput(script, out _, out var errors);
        if (tree is null)
        {
            // The parser itself gave up.
            return TooMuch("The script is nested too deeply to be checked.");
        }

        var nodes = tree.FindAll(static _ => true, searchNestedScriptBlocks: true).ToList();
        var rules = new NodeRules(allowed, FunctionRules.NamesIn(nodes), errors.Length > 0);
        foreach (var node in nodes)
        {
            if (rules.Check(node) is { } finding)
            {
                return finding;
            }

            if (started.Elapsed > Bound)
            {
                return TooMuch($"The script could not be checked within {Bound.TotalSeconds} seconds: make it shorter.");
            }
        }

        return null;
    }

    private static Finding TooMuch(string reason) => new("(size)", reason, 1, 1);
}
