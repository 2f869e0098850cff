using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace SPE.Native;

/// <summary>Where cmdlets get the engine from.</summary>
internal static class SpeClient
{
    private static ISpeClient? _instance;

    /// <summary>
    /// The one client of this process, made at its first use; every cmdlet, runspace and thread shares it, and its calls
    /// may run at the same time. A test may put one of its own here, and null to go back.
    /// </summary>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    [AllowNull]
    public static ISpeClient Instance
    {
        get => Volatile.Read(ref _instance) ?? throw new NativeLibraryException("The native library was not built.", null);
        set => Volatile.Write(ref _instance, value);
    }
}
