using System.Collections.Generic;
using System.Linq;

namespace SPE.EngineHost;

/// <summary>What the program was asked to do. The switches are those of pwsh, so that one command line serves both.</summary>
internal sealed record CommandLine(CommandLineAction Action, string Text, IReadOnlyList<string> Arguments)
{
    /// <summary>How to call the program.</summary>
    public const string Usage = """
        SPE.EngineHost, the PowerShell engine bundled with SPE for trying out and tests

          SPE.EngineHost [switches] -Command <text>, or - to read it from standard input
          SPE.EngineHost [switches] -EncodedCommand <base64 of UTF-16 text>
          SPE.EngineHost [switches] [-File] <script> [arguments]
          SPE.EngineHost -Version

        Switches: -NonInteractive, -WorkingDirectory <folder>; -NoProfile, -NoLogo and -ExecutionPolicy <name> are taken
        and change nothing. It runs one script and ends with its exit code. There is no prompt: install pwsh for one.
        """;

    /// <summary>Questions to the user are refused instead of read from standard input.</summary>
    public bool NonInteractive { get; private init; }

    /// <summary>Where the script starts, null for where the program does.</summary>
    public string? WorkingDirectory { get; private init; }

    /// <summary>Reads the arguments of the process. A mistake becomes <see cref="CommandLineAction.Refuse"/>.</summary>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var nonInteractive = false;
        string? folder = null;
        for (var index = 0; index < arguments.Count; index++)
        {
            var name = arguments[index].StartsWith('-') ? Switch.FullName(arguments[index].TrimStart('-')) : "File";
            var start = arguments[index].StartsWith('-') ? index + 1 : index;
            switch (name)
            {
                case "NoProfile" or "NoLogo" or "Login":
                    continue;
                case "NonInteractive":
                    nonInteractive = true;
                    continue;
                case "Version":
                    return new(CommandLineAction.Version, string.Empty, []);
                case "Help":
                    return new(CommandLineAction.Help, string.Empty, []);
                case null:
                    return Refused($"unknown switch {arguments[index]}");
            }

            if (start >= arguments.Count)
            {
                return Refused($"-{name} needs a value");
            }

            switch (name)
            {
                case "WorkingDirectory":
                    folder = arguments[++index];
                    continue;
                case "Command":
                    return Script(CommandLineAction.Command, string.Join(' ', arguments.Skip(start)), []);
                case "EncodedCommand":
                    return Switch.TryDecode(arguments[start], out var text)
                        ? Script(CommandLineAction.Command, text, [])
                        : Refused("-EncodedCommand needs base64 of UTF-16 text");
                case "File":
                    return Script(CommandLineAction.File, arguments[start], [.. arguments.Skip(start + 1)]);
                default:
                    index++;
                    continue;
            }
        }

        return Refused("nothing to run");

        CommandLine Script(CommandLineAction action, string text, IReadOnlyList<string> rest) =>
            new(action, text, rest) { NonInteractive = nonInteractive, WorkingDirectory = folder };
    }

    private static CommandLine Refused(string reason) => new(CommandLineAction.Refuse, reason, []);
}
