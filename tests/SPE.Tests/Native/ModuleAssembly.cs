using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using SPE.Tests.Harness;

namespace SPE.Tests.Native;

/// <summary>
/// The module's assembly, for tests of its inner parts. It is the very one that Import-Module loads: a copy of it in
/// the folder of the tests would be another one, without a native library.
/// </summary>
internal static class ModuleAssembly
{
    public static string Folder => Path.GetDirectoryName(Repository.ModuleManifest)!;

    public static string File => Path.Combine(Folder, "SPE.dll");

    /// <summary>Has to be in place before the first method that names a type of the assembly is compiled.</summary>
    [ModuleInitializer]
    internal static void Find() => AssemblyLoadContext.Default.Resolving += static (context, name) =>
        name.Name == "SPE" ? context.LoadFromAssemblyPath(File) : null;
}
