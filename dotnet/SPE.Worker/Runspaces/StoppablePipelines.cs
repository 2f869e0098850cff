using System;
using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>The pipelines of a run, one after another, until they are stopped from another thread.</summary>
internal sealed class StoppablePipelines
{
    private readonly object _gate = new();
    private PowerShell? _running;
    private bool _stopped;

    /// <summary>Whether it was told to stop.</summary>
    public bool IsStopped
    {
        get
        {
            lock (_gate)
            {
                return _stopped;
            }
        }
    }

    /// <summary>Stops what runs, and keeps everything else from starting. Returns at once.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _running?.BeginStop(null, null);
        }
    }

    /// <summary>Runs <paramref name="shell"/> to its end.</summary>
    /// <exception cref="PipelineStoppedException">It was stopped, or kept from starting.</exception>
    public void Invoke(PowerShell shell, PSDataCollection<PSObject> objects)
    {
        try
        {
            IAsyncResult pending;
            lock (_gate)
            {
                if (_stopped)
                {
                    throw new PipelineStoppedException();
                }

                pending = shell.BeginInvoke<PSObject, PSObject>(input: null, objects);
                _running = shell;
            }

            shell.EndInvoke(pending);
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }
}
