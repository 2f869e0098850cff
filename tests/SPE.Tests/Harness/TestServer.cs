using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using System.Xml.Linq;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>
/// The real server program in a folder of its own on a free port, as a fixture of a test class or started by a test that
/// wants to do harm to it. Stopping it checks that it leaves with code 0 and takes its workers with it.
/// </summary>
public sealed class TestServer : IAsyncLifetime, IAsyncDisposable
{
    public const string User = @"sitecore\admin";

    private readonly string _folder = Directory.CreateTempSubdirectory("spe-tests-").FullName;
    private Process? _process;
    private ServerLog? _log;

    /// <summary>Where it listens.</summary>
    public Uri Uri { get; private set; } = new("http://127.0.0.1");

    /// <summary>The secret that init wrote.</summary>
    public string Secret { get; private set; } = "";

    public int ProcessId => Running.Id;

    /// <summary>Ids of the worker processes.</summary>
    public IReadOnlyList<int> Workers => ProcessTable.Descendants(ProcessId);

    /// <summary>What the server wrote to standard error so far.</summary>
    public string Log => _log?.Text ?? "";

    /// <summary>The first line of standard error, past or to come, that holds <paramref name="text"/>.</summary>
    internal Task<string> LogLine(string text) =>
        _log!.Line(line => line.Contains(text, StringComparison.Ordinal)).Within($"the log has {text}");

    /// <summary>
    /// Makes the server read its records at once, and waits until it has them as they are now: a first reading may have begun before.
    /// </summary>
    internal async Task ReadClientsAgain()
    {
        const string Told = "the clients were read again";
        for (var round = 0; round < 2; round++)
        {
            var (before, seen) = (Log.Split('\n').Count(IsTold), 0);
            ProcessTable.Signal(ProcessId, ProcessTable.SigHup);
            await _log!.Line(line => IsTold(line) && ++seen > before).Within("the clients are read again");
        }

        static bool IsTold(string line) => line.Contains(Told, StringComparison.Ordinal);
    }

    internal string DataFolder => Path.Combine(_folder, "data");

    internal string ConfigFile => Directory.EnumerateFiles(DataFolder, "Spe.config", SearchOption.AllDirectories).Single();

    internal string InitOutput { get; private set; } = "";

    internal ServerLog Output { get; private set; } = null!;

    private Process Running => _process ?? throw new InvalidOperationException("The server was not started.");

    public static Task<TestServer> Start() => Start((TestServer _) => { });

    /// <summary>Starts one after <paramref name="configure"/> changed the Spe.config that init wrote.</summary>
    public static Task<TestServer> Start(Action<XDocument> configure) => Start(server => server.Configure(configure));

    /// <summary>Starts one with more in its environment, after <paramref name="prepare"/> changed what init wrote.</summary>
    internal static async Task<TestServer> Start(Action<TestServer> prepare, params (string Name, string Value)[] variables)
    {
        var server = new TestServer();
        try
        {
            await server.Launch(prepare, variables);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task InitializeAsync() => Launch(_ => { }, []);

    /// <summary>Asks the server to end and checks how it does.</summary>
    public async Task Stop()
    {
        var workers = Workers;
        ProcessTable.Signal(ProcessId, ProcessTable.SigTerm);
        await Running.WaitForExitAsync().Within("the server ends after SIGTERM\n" + Log);
        Assert.True(Running.ExitCode == 0, $"The server left with code {Running.ExitCode}.\n{Log}");
        Assert.All(
            workers, worker => Assert.True(ProcessTable.WaitForEnd(worker), $"Worker {worker} was left behind."));
    }

    /// <summary>Ends the server as a crash would.</summary>
    public async Task Kill()
    {
        ProcessTable.Signal(ProcessId, ProcessTable.SigKill);
        await Running.WaitForExitAsync().Within("the server ends after SIGKILL");
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is { HasExited: false })
            {
                await Stop();
            }
        }
        finally
        {
            if (_process is { HasExited: false })
            {
                _process.Kill(entireProcessTree: true);
            }

            _process?.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Configure(Action<XDocument> configure)
    {
        var config = XDocument.Load(ConfigFile);
        configure(config);
        config.Save(ConfigFile);
    }

    private async Task Launch(Action<TestServer> prepare, (string Name, string Value)[] variables)
    {
        var (code, error) = await Init();
        Assert.True(code == 0, $"init left with code {code}: {error}");
        Secret = XDocument.Load(ConfigFile).Descendants("sharedSecret").Single().Value;
        prepare(this);
        var command = Command("run", "--folder", DataFolder, "--listen", "127.0.0.1:0");
        foreach (var (name, value) in variables)
        {
            command.Environment[name] = value;
        }

        _process = Process.Start(command)!;
        _log = new ServerLog(_process.StandardError);
        Output = new ServerLog(_process.StandardOutput);
        const string Announcement = "spe-server listening on ";
        try
        {
            var line = await Output.Line(
                text => text.StartsWith(Announcement, StringComparison.Ordinal)).Within("the ready line");
            Uri = new Uri(line[Announcement.Length..].Trim());
        }
        catch (Exception cause) when (cause is EndOfStreamException or TimeoutException)
        {
            throw new InvalidOperationException(
                $"The server did not start. {cause.Message}\n{Output.Text}\n{Log}", cause);
        }
    }

    /// <summary>Runs init on the folder: its exit code and what it wrote to standard error.</summary>
    internal async Task<(int Code, string Error)> Init()
    {
        (var code, InitOutput, var error) = await Run("init");
        return (code, error);
    }

    /// <summary>Runs a command of the program on the folder: its exit code and what it wrote to standard output and error.</summary>
    internal Task<(int Code, string Output, string Error)> Run(params string[] arguments) => RunWith("", arguments);

    /// <summary>The same with something to read from standard input.</summary>
    internal async Task<(int Code, string Output, string Error)> RunWith(string input, params string[] arguments)
    {
        using var program = Process.Start(Command([.. arguments, "--folder", DataFolder]))!;
        await program.StandardInput.WriteAsync(input);
        program.StandardInput.Close();
        var error = program.StandardError.ReadToEndAsync();
        var output = await program.StandardOutput.ReadToEndAsync().Within($"spe-server {arguments[0]}");
        await program.WaitForExitAsync().Within($"spe-server {arguments[0]} ends");
        return (program.ExitCode, output, await error);
    }

    private static ProcessStartInfo Command(params string[] arguments)
    {
        var command = new ProcessStartInfo(Repository.ServerProgram, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };

        // What this test process needs is not what the server and its workers shall find.
        command.Environment.Remove("PSModulePath");
        if (Environment.GetEnvironmentVariable("SPE_PWSH") is { Length: > 0 } host)
        {
            command.Environment["SPE_SERVER__WORKERS__HOST"] = host;
        }

        return command;
    }
}
