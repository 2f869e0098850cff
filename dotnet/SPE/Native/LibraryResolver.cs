using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SPE.Native;

/// <summary>
/// Finds the native library in the module's folder and nowhere else, so that no library of the same name elsewhere on
/// the machine is ever loaded.
/// </summary>
internal static class LibraryResolver
{
    private const string Advice = "Install the module SPE for this platform again, then start PowerShell anew.";

    private static readonly object Loading = new();
    private static IntPtr _library;

    /// <summary>The library in use, or null while there is none.</summary>
    public static string? LoadedFrom { get; private set; }

    /// <summary>
    /// Runs before anything else of this assembly, once: a second resolver for an assembly is refused.
    /// </summary>
#pragma warning disable CA2255 // No other place runs before every native call of a library that PowerShell loads.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Install() =>
        NativeLibrary.SetDllImportResolver(typeof(LibraryResolver).Assembly, (name, assembly, _) =>
            name == Bindings.Interop.NativeLib ? Load(assembly) : IntPtr.Zero);

    /// <summary>
    /// Where the library of an assembly in <paramref name="folder"/> may lie, in the order of the search.
    /// </summary>
    internal static IReadOnlyList<string> Candidates(string folder)
    {
        var paths = new List<string>();
        foreach (var identifier in Identifiers())
        {
            paths.Add(Path.Combine(folder, "runtimes", identifier, "native", FileName));
            paths.Add(Path.Combine(folder, identifier, FileName));
        }

        // Where file names ignore case, the library's name would be that of the assembly itself.
        if (!OperatingSystem.IsWindows())
        {
            paths.Add(Path.Combine(folder, FileName));
        }

        return paths;
    }

    /// <summary>Loads the first candidate that can be loaded.</summary>
    /// <exception cref="NativeLibraryException">None can; the message tells what is wrong with each.</exception>
    internal static IntPtr LoadFirst(IReadOnlyList<string> candidates, out string path)
    {
        var tried = new StringBuilder();
        foreach (var candidate in candidates)
        {
            var problem = "is not there";
            if (File.Exists(candidate))
            {
                try
                {
                    path = candidate;
                    return NativeLibrary.Load(candidate);
                }
                catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
                {
                    problem = $"cannot be loaded ({FirstLine(error.Message)})";
                }
            }

            tried.Append(Environment.NewLine).Append("  ").Append(candidate).Append(' ').Append(problem);
        }

        throw new NativeLibraryException(
            $"The native library of the module SPE for {RuntimeInformation.RuntimeIdentifier} was not found. {Advice} " +
            $"Tried:{tried}",
            null);
    }

    private static string FileName =>
        OperatingSystem.IsWindows() ? "spe.dll" : OperatingSystem.IsMacOS() ? "libspe.dylib" : "libspe.so";

    /// <summary>
    /// The runtime asks at the first call of each function. All have to come from one library, also when the module's
    /// files were replaced or removed meanwhile.
    /// </summary>
    private static IntPtr Load(Assembly assembly)
    {
        lock (Loading)
        {
            if (_library == IntPtr.Zero)
            {
                _library = LoadFirst(Candidates(FolderOf(assembly)), out var path);
                LoadedFrom = path;
            }

            return _library;
        }
    }

    private static string FolderOf(Assembly assembly) => assembly.Location.Length > 0
        ? Path.GetDirectoryName(assembly.Location)!
        : throw new NativeLibraryException(
            $"The module SPE was loaded from memory, so the folder of its native library is not known. {Advice}", null);

    /// <summary>
    /// What the runtime calls this platform, and its portable name where a distribution calls it otherwise.
    /// </summary>
    private static HashSet<string> Identifiers()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
#pragma warning disable CA1308 // Runtime identifiers are lower case.
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        return [RuntimeInformation.RuntimeIdentifier, $"{system}-{architecture}"];
    }

    private static string FirstLine(string text) => text.AsSpan().Trim().ToString().Split('\n')[0].TrimEnd('\r', '.');
}
