using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace SPE.Worker.Tests.Harness;

/// <summary>
/// A real worker process: the host that <c>SPE_PWSH</c> names, else the bundled engine, with the channel at descriptor 3.
/// </summary>
public sealed class HostProcess : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spe-worker-");
    private readonly int _process;

    /// <summary>Starts one and waits until it is ready.</summary>
    public HostProcess()
        : this(protocol: 1)
    {
        Ready = Client.Next();
    }

    private HostProcess(int protocol)
    {
        var (server, workersEnd) = SocketPair.CreateSockets();
        using (workersEnd)
        {
            _process = Launch(workersEnd);
        }

        Ended = Task.Factory.StartNew(() => Spawn.Wait(_process), TaskCreationOptions.LongRunning);
        Client = new WorkerClient(new NetworkStream(server, ownsSocket: true));
        Client.Greet(protocol);
    }

    private HostProcess(Socket? channel)
    {
        _process = Launch(channel);
        Ended = Task.Factory.StartNew(() => Spawn.Wait(_process), TaskCreationOptions.LongRunning);
        Client = new WorkerClient(Stream.Null);
    }

    internal WorkerClient Client { get; }

    internal Message? Ready { get; }

    /// <summary>Its exit code, when it has ended.</summary>
    internal Task<int> Ended { get; }

    internal string StandardOutput => File.ReadAllText(OutputFile);

    internal string StandardError => File.ReadAllText(ErrorFile);

    /// <summary>Whether the host is the engine that comes with the product.</summary>
    internal static bool IsBundled => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SPE_PWSH"));

    private string OutputFile => Path.Combine(_folder.FullName, "output");

    private string ErrorFile => Path.Combine(_folder.FullName, "error");

    /// <summary>One that is greeted in another protocol.</summary>
    internal static HostProcess Greeted(int protocol) => new(protocol);

    /// <summary>One that finds something else at descriptor 3.</summary>
    internal static HostProcess WithoutChannel() => new((Socket?)null);

    public void Dispose()
    {
        Client.Dispose();
        if (!Ended.Wait(Deadline.Generous))
        {
            Spawn.Kill(_process);
            Ended.Wait(Deadline.Generous);
        }

        _folder.Delete(recursive: true);
    }

    private int Launch(Socket? channel)
    {
        var host = IsBundled ? Repository.EngineHost : Environment.GetEnvironmentVariable("SPE_PWSH")!;
        var script = $"Import-Module -Name '{Repository.WorkerAssembly.Replace("'", "''", StringComparison.Ordinal)}'; Start-SpeWorker";
        var variables = new Dictionary<string, string> { ["SPE_WORKER_TEST"] = "before", ["HOME"] = _folder.FullName };
        if (!IsBundled)
        {
            // What the bundled engine's modules are called stands in for the real ones there alone.
            variables["PSModulePath"] = "";
        }

        return Spawn.Start(
            [host, "-NoProfile", "-NonInteractive", "-Command", script], channel?.SafeHandle, OutputFile, ErrorFile, variables);
    }
}
