using System;
using System.Management.Automation;
using System.Reflection;
using SPE.Worker.Channel;
using SPE.Worker.Runspaces;

namespace SPE.Worker;

/// <summary>
/// Start-SpeWorker: makes this process a worker of spe-server. It takes the channel at descriptor 3 and ends the process when
/// the channel ends.
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "SpeWorker")]
public sealed class StartSpeWorkerCommand : PSCmdlet
{
    private const string BundledEngine = "SPE.EngineHost";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        int code;
        try
        {
            var stream = ChannelDescriptor.Open(ChannelDescriptor.Number);
            var engine = Host.Name == BundledEngine ? BundledEngine : "pwsh";
            code = new WorkerProcess(stream, engine, EngineVersion, new ProcessState()).Serve();
        }
        catch (ChannelException error)
        {
            ThrowTerminatingError(new ErrorRecord(error, "NoChannel", ErrorCategory.OpenError, targetObject: null));
            return;
        }

        // Runspaces keep threads of their own, so returning would not end the process.
        ProcessEnd.Now(code);
    }

    /// <summary>Version of the engine, without its build hash.</summary>
    private static string EngineVersion =>
        typeof(PSObject).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split(' ', '+')[0] ?? string.Empty;
}
