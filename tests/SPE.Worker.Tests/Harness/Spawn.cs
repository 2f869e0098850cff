using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace SPE.Worker.Tests.Harness;

/// <summary>
/// Starts a program with descriptors of its own, which the framework cannot: the channel at 3, and files at 1 and 2.
/// </summary>
internal static class Spawn
{
    /// <summary>Above what any C library needs for its two opaque structures.</summary>
    private const int OpaqueSize = 1024;

    private const int CreateAndTruncate = 0x241;

    /// <summary>Starts it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="channel">What is at descriptor 3, null for something that is no channel.</param>
    /// <param name="output">File of the standard output.</param>
    /// <param name="error">File of the standard error.</param>
    /// <param name="variables">Environment beside that of this process.</param>
    /// <returns>The process id.</returns>
    public static int Start(
        IReadOnlyList<string> command, SafeHandle? channel, string output, string error, IReadOnlyDictionary<string, string> variables)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => !variables.ContainsKey((string)entry.Key))
            .Select(entry => $"{entry.Key}={entry.Value}")
            .Concat(variables.Select(variable => $"{variable.Key}={variable.Value}"));
        var actions = Marshal.AllocHGlobal(OpaqueSize);
        using var arguments = new TextArray(command);
        using var settings = new TextArray(environment);
        try
        {
            Check(InitActions(actions));
            Check(AddOpen(actions, 0, Text("/dev/null"), 0, 0));
            Check(AddOpen(actions, 1, Text(output), CreateAndTruncate, 0x180));
            Check(AddOpen(actions, 2, Text(error), CreateAndTruncate, 0x180));
            Check(channel is null
                ? AddOpen(actions, 3, Text("/dev/null"), 0, 0)
                : AddDup(actions, channel.DangerousGetHandle().ToInt32(), 3));

            Check(PosixSpawn(out var process, Text(command[0]), actions, IntPtr.Zero, arguments.Pointer, settings.Pointer));
            _ = DestroyActions(actions);
            return process;
        }
        finally
        {
            Marshal.FreeHGlobal(actions);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code, or 128 and the number of the signal that ended it.</returns>
    public static int Wait(int process)
    {
        int status;
        while (WaitPid(process, out status, 0) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != 4)
            {
                throw new Win32Exception(error);
            }
        }

        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }

    public static void Kill(int process) => _ = SendSignal(process, 9);

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [DllImport("libc", EntryPoint = "posix_spawn")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int PosixSpawn(
        out int process, byte[] path, IntPtr actions, IntPtr attributes, IntPtr arguments, IntPtr environment);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int InitActions(IntPtr actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DestroyActions(IntPtr actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AddDup(IntPtr actions, int from, int to);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AddOpen(
        IntPtr actions, int descriptor, byte[] path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitPid(int process, out int status, int options);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);

    /// <summary>A null-terminated array of texts.</summary>
    private sealed class TextArray : IDisposable
    {
        private readonly IntPtr[] _texts;

        public TextArray(IEnumerable<string> texts)
        {
            _texts = [.. texts.Select(Marshal.StringToCoTaskMemUTF8), IntPtr.Zero];
            Pointer = Marshal.AllocHGlobal(_texts.Length * IntPtr.Size);
            Marshal.Copy(_texts, 0, Pointer, _texts.Length);
        }

        public IntPtr Pointer { get; }

        public void Dispose()
        {
            Array.ForEach(_texts, Marshal.FreeCoTaskMem);
            Marshal.FreeHGlobal(Pointer);
        }
    }
}
