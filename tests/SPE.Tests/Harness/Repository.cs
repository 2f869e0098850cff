using System;
using System.IO;

namespace SPE.Tests.Harness;

/// <summary>
/// Where the products under test lie. A product that was not built fails the test with the command to run.
/// </summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string ServerProgram => Built("target", Profile, "spe-server");

    public static string ModuleManifest => Built("Modules", "SPE", "SPE.psd1");

    /// <summary>Folder of the modules that stand in for Utility and Management in the bundled engine.</summary>
    public static string EngineModules => Built("target", Profile, "engine", "Modules");

    /// <summary>A checked-in file, such as a page of the documentation.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>
    /// The test assembly lies in target/(profile)/tests/SPE.Tests, and what it tests in the same profile.
    /// </summary>
    private static string Profile =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "release"
            : "debug";

    private static string Built(params string[] parts)
    {
        var path = Path.Combine([Root, .. parts]);
        return Path.Exists(path)
            ? path
            : throw new InvalidOperationException($"{path} was not built. Run ./build.sh Build in {Root} first.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Cargo.toml")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Cargo.toml above {AppContext.BaseDirectory}.");
    }
}
