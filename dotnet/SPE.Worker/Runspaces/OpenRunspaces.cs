using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The runspaces of the process. The engine keeps a list for Get-Runspace but has no public way to it; an engine that stops
/// keeping it costs the worker nothing but this housekeeping.
/// </summary>
internal static class OpenRunspaces
{
    private static readonly PropertyInfo? List = typeof(Runspace).GetProperty(
        "RunspaceList", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);

    public static IReadOnlyList<Runspace> All => List?.GetValue(null) as IReadOnlyList<Runspace> ?? [];
}
