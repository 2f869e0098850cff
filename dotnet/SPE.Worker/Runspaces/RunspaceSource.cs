using System;
using System.Collections.Generic;
using System.Management.Automation.Runspaces;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The runspaces of the process: a fresh one for each throw-away run, with one made ahead, and the kept one of a session. Only
/// the thread of the runs uses it.
/// </summary>
/// <param name="process">
/// Puts back what belongs to the process after each throw-away run, null where the process is not the worker's own.
/// </param>
internal sealed class RunspaceSource(ProcessState? process)
{
    private readonly InitialStates _states = new();
    private PreparedRunspace? _spare;
    private PreparedRunspace? _kept;

    /// <summary>A runspace whose bounds are exactly <paramref name="bounds"/>.</summary>
    public PreparedRunspace Take(bool keep, ScriptBounds bounds)
    {
        if (!keep)
        {
            return Fresh(bounds);
        }

        // A runspace of other bounds is not reused: its functions would run in the mode they were made in.
        if (_kept is { } kept && !(kept.IsUsable && kept.Bounds == bounds))
        {
            kept.Dispose();
            _kept = null;
        }

        return _kept ??= Fresh(bounds);
    }

    /// <summary>Takes back what <see cref="Take"/> gave.</summary>
    public void Return(PreparedRunspace runspace)
    {
        if (runspace != _kept)
        {
            Close(runspace);
        }
    }

    /// <summary>Closes the kept runspace: its session is over, and the next one starts with nothing of it.</summary>
    public void Forget()
    {
        if (_kept is not { } kept)
        {
            return;
        }

        _kept = null;
        Close(kept);
        Prepare(kept.Bounds);
    }

    /// <summary>Opens a runspace ahead of the next run, which probably has the bounds of the last.</summary>
    public void Prepare(ScriptBounds bounds)
    {
        if (_kept is null)
        {
            _spare ??= new PreparedRunspace(_states, bounds);
        }
    }

    private PreparedRunspace Fresh(ScriptBounds bounds)
    {
        var spare = _spare;
        _spare = null;
        if (spare is { IsUsable: true } && spare.Bounds == bounds)
        {
            return spare;
        }

        spare?.Dispose();
        return new PreparedRunspace(_states, bounds);
    }

    private void Close(PreparedRunspace runspace)
    {
        runspace.Dispose();

        // What a kept session did to the process is the state of that session.
        if (_kept is null)
        {
            process?.Restore(Ours(runspace));
        }
    }

    /// <summary>The runspaces that are not a script's. The one that is being closed closes itself.</summary>
    private List<Guid> Ours(PreparedRunspace closing)
    {
        List<Guid> ours = [closing.Runspace.InstanceId];
        if (_spare is { } spare)
        {
            ours.Add(spare.Runspace.InstanceId);
        }

        return ours;
    }
}
