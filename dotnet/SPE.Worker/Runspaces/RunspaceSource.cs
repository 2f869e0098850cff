using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The runspaces of the process: a fresh one for each throw-away run, with one made ahead, and the kept one of a session. Only
/// the thread of the runs uses it.
/// </summary>
internal sealed class RunspaceSource
{
    private readonly InitialState _state = new();
    private PreparedRunspace? _spare;
    private PreparedRunspace? _kept;

    /// <summary>A runspace whose language mode is exactly <paramref name="mode"/>.</summary>
    public PreparedRunspace Take(bool keep, PSLanguageMode mode)
    {
        if (!keep)
        {
            return Fresh(mode);
        }

        // A runspace of another mode is not reused: its functions would run in the mode they were made in.
        if (_kept is { } kept && !(kept.IsUsable && kept.Mode == mode))
        {
            kept.Dispose();
            _kept = null;
        }

        return _kept ??= Fresh(mode);
    }

    /// <summary>Takes back what <see cref="Take"/> gave.</summary>
    public void Return(PreparedRunspace runspace)
    {
        if (runspace != _kept)
        {
            runspace.Dispose();
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
        kept.Dispose();
        Prepare(kept.Mode);
    }

    /// <summary>Opens a runspace ahead of the next run, which probably wants the mode of the last.</summary>
    public void Prepare(PSLanguageMode mode)
    {
        if (_kept is null)
        {
            _spare ??= new PreparedRunspace(_state, mode);
        }
    }

    private PreparedRunspace Fresh(PSLanguageMode mode)
    {
        var spare = _spare;
        _spare = null;
        if (spare is not null && spare.Mode == mode)
        {
            return spare;
        }

        spare?.Dispose();
        return new PreparedRunspace(_state, mode);
    }
}
