using System;
using System.Collections.Generic;

namespace SPE.EngineHost;

/// <summary>What the program was asked to do. The switches are those of pwsh, so that one command line serves both.</summary>
internal sealed record CommandLine(
    CommandLineAction Action,
    string Text,
    IReadOnlyList<string> Arguments,
    bool NonInteractive)
{
    /// <summary>How to call the program.</summary>
    public const string Usage = """
        SPE.EngineHost, the PowerShell engine bundled with SPE for trying out and tests

          SPE.EngineHost [-NoProfile] [-NonInteractive] [-NoLogo] -Command <text>
          SPE.EngineHost [-NoProfile] [-NonInteractive] [-NoLogo] -File <script> [arguments]
          SPE.EngineHost -Version

        It runs one script and ends with its exit code. There is no prompt: install pwsh for one.
        """;

    /// <summary>Reads the arguments of the process. A mistake becomes <see cref="CommandLineAction.Refuse"/>.</summary>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var nonInteractive = false;
        for (var index = 0; index < arguments.Count; index++)
        {
            var rest = index + 1;
            switch (arguments[index].TrimStart('-').ToUpperInvariant())
            {
                case "NOPROFILE" or "NOP" or "NOLOGO":
                    break;
                case "NONINTERACTIVE" or "NONI":
                    nonInteractive = true;
                    break;
                case "VERSION" or "V":
                    return new(CommandLineAction.Version, string.Empty, [], nonInteractive);
                case "HELP" or "H" or "?":
                    return new(CommandLineAction.Help, string.Empty, [], nonInteractive);
                case "COMMAND" or "C":
                    return rest < arguments.Count
                        ? new(CommandLineAction.Command, string.Join(' ', Tail(arguments, rest)), [], nonInteractive)
                        : Refused("-Command needs a text");
                case "FILE" or "F":
                    return rest < arguments.Count
                        ? new(CommandLineAction.File, arguments[rest], Tail(arguments, rest + 1), nonInteractive)
                        : Refused("-File needs the path of a script");
                default:
                    return arguments[index].StartsWith('-')
                        ? Refused($"unknown switch {arguments[index]}")
                        : new(CommandLineAction.File, arguments[index], Tail(arguments, rest), nonInteractive);
            }
        }

        return Refused("nothing to run");
    }

    private static CommandLine Refused(string reason) => new(CommandLineAction.Refuse, reason, [], true);

    private static List<string> Tail(IReadOnlyList<string> arguments, int start)
    {
        var tail = new List<string>();
        for (var index = start; index < arguments.Count; index++)
        {
            tail.Add(arguments[index]);
        }

        return tail;
    }
}

/// <summary>What there is to do.</summary>
internal enum CommandLineAction
{
    /// <summary>Run the text of -Command.</summary>
    Command,

    /// <summary>Run the script of -File.</summary>
    File,

    /// <summary>Print the version of the engine.</summary>
    Version,

    /// <summary>Print how to call the program.</summary>
    Help,

    /// <summary>Say what was wrong, then how to call the program.</summary>
    Refuse,
}
