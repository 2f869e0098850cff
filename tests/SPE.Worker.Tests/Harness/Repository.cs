using System;
using System.IO;

namespace SPE.Worker.Tests.Harness;

/// <summary>Where the products under test and the documentation lie.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The program of the bundled engine.</summary>
    public static string EngineHost => Built("engine", "SPE.EngineHost");

    /// <summary>The assembly that a host loads.</summary>
    public static string WorkerAssembly => Built("worker", "SPE.Worker.dll");

    /// <summary>The Utility and Management commands of the bundled engine.</summary>
    public static string EngineModules => Built("engine", "Modules");

    public static string Document(string name) => File.ReadAllText(Path.Combine(Root, "docs", name));

    /// <summary>The test assembly lies in target/(profile)/tests/SPE.Worker.Tests, and what it tests in the same profile.</summary>
    private static string Built(params string[] parts)
    {
        var profile = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var path = Path.Combine([profile, .. parts]);
        return Path.Exists(path)
            ? path
            : throw new InvalidOperationException($"{path} was not built. Run ./build.sh Build in {Root} first.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cargo.toml")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Cargo.toml above {AppContext.BaseDirectory}.");
    }
}
