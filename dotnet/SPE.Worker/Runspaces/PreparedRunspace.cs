using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading.Tasks;

namespace SPE.Worker.Runspaces;

/// <summary>An open runspace with its host.</summary>
internal sealed class PreparedRunspace : IDisposable
{
    public PreparedRunspace(InitialStates states, ScriptBounds bounds)
    {
        Bounds = bounds;
        var initial = states.Of(bounds);
        Runspace = RunspaceFactory.CreateRunspace(Host, initial.Session);
        Runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        Runspace.Open();

        // With any other mode Wait-Debugger waits for a debugger that nobody can attach.
        Runspace.Debugger?.SetDebugMode(DebugModes.None);
        try
        {
            initial.Modules?.AddTo(Runspace);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Runspace Runspace { get; }

    public SilentHost Host { get; } = new();

    public ScriptBounds Bounds { get; }

    public bool IsUsable => Runspace.RunspaceStateInfo.State == RunspaceState.Opened;

    /// <summary>Closes it elsewhere: what a script left behind may take its time and must not hold up the next run.</summary>
    public void Dispose() => Task.Run(Runspace.Dispose);
}
