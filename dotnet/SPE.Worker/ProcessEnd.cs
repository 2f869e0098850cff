using System.Runtime.InteropServices;

namespace SPE.Worker;

/// <summary>Ends the process.</summary>
internal static class ProcessEnd
{
    /// <summary>
    /// At once, without handlers and finalizers: a script can leave some that never return, and a worker without a server has
    /// nothing left to save.
    /// </summary>
    public static void Now(int code) => Exit(code);

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Exit(int code);
}
