using System.Collections.Generic;
using System.IO;
using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace SPE.EngineHost;

/// <summary>Writes the call of a script file as PowerShell text.</summary>
internal static partial class ScriptText
{
    /// <summary>
    /// Calls the script at <paramref name="path"/>. Arguments that look like parameters are parameters, everything else is a
    /// literal string. The exit code of the script becomes that of the call.
    /// </summary>
    public static string Call(string path, IEnumerable<string> arguments)
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
