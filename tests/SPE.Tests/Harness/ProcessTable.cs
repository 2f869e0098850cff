using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace SPE.Tests.Harness;

/// <summary>Processes as /proc shows them.</summary>
internal static class ProcessTable
{
    public const int SigHup = 1;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    /// <summary>Ids of the children of a process and of theirs.</summary>
    public static IReadOnlyList<int> Descendants(int ancestor)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Stat(id) is { } stat)
            {
                parents[id] = stat.Parent;
            }
        }

        return [.. parents.Keys.Where(id => IsBelow(id))];

        bool IsBelow(int id)
        {
            while (parents.TryGetValue(id, out var parent))
            {
                if (parent == ancestor)
                {
                    return true;
                }

                id = parent;
            }

            return false;
        }
    }

    /// <summary>Waits until the process is gone or a zombie; false when the deadline passed.</summary>
    public static bool WaitForEnd(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.WaitForExit(Deadline.Generous) || Stat(id) is null or { State: 'Z' };
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>Command line and environment names and values of a process, as far as they can be read.</summary>
    public static string CommandLine(int id) => Read(id, "cmdline");

    public static string Environment(int id) => Read(id, "environ");

    public static void Signal(int id, int signal)
    {
        if (Kill(id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {id}.");
        }
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}").Replace('\0', ' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static (int Parent, char State)? Stat(int id)
    {
        // The name, in parentheses, may hold anything; the fields after its end are state and parent.
        var text = Read(id, "stat");
        var end = text.LastIndexOf(')');
        return end < 0 ? null : (int.Parse(text[(end + 4)..].Split(' ')[0], null), text[end + 2]);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);
}
