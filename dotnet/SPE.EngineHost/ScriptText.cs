using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace SPE.EngineHost;

/// <summary>The PowerShell text that a command line asks to run.</summary>
internal static partial class ScriptText
{
    public static string Of(CommandLine line) => line.Action switch
    {
        CommandLineAction.File => Call(line.Text, line.Arguments),
        _ => Command(line.Text == "-" ? Console.In.ReadToEnd() : line.Text),
    };

    /// <summary>
    /// A command whose last statement failed is a failure of the process, and the engine forgets it at the end of a pipeline.
    /// Text that takes no further statement is left alone, so that a message is about what is in it.
    /// </summary>
    private static string Command(string text)
    {
        var complete = text + "\nif (-not $?) { exit 1 }";
        return IsWhole(text) && IsWhole(complete) ? complete : text;
    }

    private static bool IsWhole(string text)
    {
        Parser.ParseInput(text, out _, out var errors);
        return errors.Length == 0;
    }

    /// <summary>
    /// Calls the script at <paramref name="path"/>. Arguments that look like parameters are parameters, everything else is a
    /// literal string. The exit code of the script becomes that of the call.
    /// </summary>
    private static string Call(string path, IEnumerable<string> arguments)
    {
        var text = new StringBuilder("& ").Append(Literal(Path.GetFullPath(path)));
        foreach (var argument in arguments)
        {
            text.Append(' ').Append(Token(argument));
        }

        return text.Append("\nif (-not $? -and $LASTEXITCODE) { exit $LASTEXITCODE }").ToString();
    }

    private static string Token(string argument)
    {
        var match = Parameter().Match(argument);
        if (!match.Success)
        {
            return Literal(argument);
        }

        var name = match.Groups["name"].Value;
        return match.Groups["value"].Success ? $"{name}:{Value(match.Groups["value"].Value)}" : name;
    }

    /// <summary>A switch can be turned off with -Name:$false, as with pwsh -File.</summary>
    private static string Value(string text) => text is "$true" or "$false" ? text : Literal(text);

    private static string Literal(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"\A(?<name>-[A-Za-z_]\w*)(:(?<value>.*))?\z", RegexOptions.Singleline)]
    private static partial Regex Parameter();
}
