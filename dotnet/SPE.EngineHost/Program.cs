using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;
using System.Text;

namespace SPE.EngineHost;

/// <summary>Runs a script in the bundled engine, with the command line of pwsh.</summary>
internal static class Program
{
    /// <summary>The exit code of a wrong command line, as pwsh has it.</summary>
    private const int BadCommandLine = 64;

    internal static int Main(string[] arguments)
    {
        var line = CommandLine.Parse(arguments);
        switch (line.Action)
        {
            case CommandLineAction.Version:
                Console.Out.WriteLine("PowerShell {0}", EngineVersion);
                return 0;
            case CommandLineAction.Help:
                Console.Out.WriteLine(CommandLine.Usage);
                return 0;
            case CommandLineAction.Refuse:
                return Refuse(line.Text + "\n\n" + CommandLine.Usage);
            default:
                return Run(line);
        }
    }

    /// <summary>Version of the engine package, without its build hash.</summary>
    internal static string EngineVersion { get; } =
        typeof(PowerShell).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split(' ', '+')[0];

    private static int Run(CommandLine line)
    {
        if (line.WorkingDirectory is { } folder)
        {
            if (!Directory.Exists(folder))
            {
                return Refuse($"there is no folder '{folder}'");
            }

            Directory.SetCurrentDirectory(folder);
        }

        if (line.Action == CommandLineAction.File && !File.Exists(line.Text))
        {
            return Refuse($"there is no script at '{line.Text}'");
        }

        if (Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage)
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        EngineEnvironment.Prepare();
        using var run = new ScriptRun(line);
        return run.Invoke();
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine("SPE.EngineHost: {0}", reason);
        return BadCommandLine;
    }
}
