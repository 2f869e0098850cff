using System.Management.Automation.Language;

namespace SPE.Worker.Scan;

/// <summary>The first thing in a script that its policy does not allow.</summary>
/// <param name="Command">The command as it is written, or in parentheses what stands in its place.</param>
/// <param name="Reason">Why, as a sentence for the user.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
internal sealed record Finding(string Command, string Reason, int Line, int Column)
{
    public static Finding At(Ast node, string command, string reason) =>
        new(command, reason, node.Extent.StartLineNumber, node.Extent.StartColumnNumber);
}
