using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;

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
                Console.Error.WriteLine("SPE.EngineHost: {0}\n\n{1}", line.Text, CommandLine.Usage);
                return BadCommandLine;
            case CommandLineAction.File when !File.Exists(line.Text):
                Console.Error.WriteLine("SPE.EngineHost: there is no script at '{0}'", line.Text);
                return BadCommandLine;
            default:
                ModulePath.Prepare();
                using (var run = new ScriptRun(line))
                {
                    return run.Invoke();
                }
        }
    }

    /// <summary>Version of the engine package, without its build hash.</summary>
    internal static string EngineVersion { get; } =
        typeof(PowerShell).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split(' ', '+')[0];
}
