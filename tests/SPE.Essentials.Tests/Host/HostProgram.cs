using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Xunit;

namespace SPE.Essentials.Tests.Host;

/// <summary>Runs the program of the bundled engine.</summary>
internal static class HostProgram
{
    /// <summary>Generous, since it only ends a test that has failed.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static string Program { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "engine", "SPE.EngineHost"));

    public sealed record Result(int ExitCode, string Output, string Errors);

    /// <summary>Runs it to its end.</summary>
    public static Task<Result> Run(params string[] arguments) => Run(string.Empty, arguments);

    /// <summary>The same, with text on its standard input.</summary>
    public static async Task<Result> Run(string input, string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await End(process);
    }

    /// <summary>Sends a signal once the script has written its first line.</summary>
    public static async Task<Result> Interrupt(int signal, params string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
        Assert.Equal(0, Kill(process.Id, signal));
        return await End(process);
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<Result> End(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Deadline);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return new(process.ExitCode, await output, await errors);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
