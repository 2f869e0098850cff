using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace SPE.Native;

/// <summary>Where cmdlets get the engine from.</summary>
internal static class SpeClient
{
    private static readonly object Making = new();
    private static ISpeClient? _replacement;
    private static ISpeClient? _native;

    /// <summary>
    /// The one client of this process, made at its first use; every cmdlet, runspace and thread shares it, and its
    /// calls may run at the same time. A test may put one of its own here, and null to go back.
    /// </summary>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    [AllowNull]
    public static ISpeClient Instance
    {
        get => Volatile.Read(ref _replacement) ?? Volatile.Read(ref _native) ?? Make();
        set => Volatile.Write(ref _replacement, value);
    }

    private static ISpeClient Make()
    {
        lock (Making)
        {
            return _native ??= new NativeClient();
        }
    }
}
