using System;
using System.IO;
using System.Runtime.CompilerServices;

namespace SPE.Essentials.Tests;

/// <summary>
/// Puts the modules of the bundled engine, and nothing else, on the module path. The engine reads the variable when the first
/// runspace opens, so this has to happen before any test runs.
/// </summary>
internal static class EngineModules
{
    /// <summary>The test assembly lies in target/(profile)/tests/SPE.Essentials.Tests, the modules in the same profile.</summary>
    private static string Folder { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "engine", "Modules"));

    [ModuleInitializer]
    internal static void Prepare()
    {
        if (!Directory.Exists(Folder))
        {
            throw new InvalidOperationException($"{Folder} was not built: build dotnet/SPE.Essentials first.");
        }

        Environment.SetEnvironmentVariable("PSModulePath", Folder);
    }
}
