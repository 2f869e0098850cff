using System.Collections.Generic;

namespace SPE.Worker.Runspaces;

/// <summary>The initial states of the bounds that this process has met: few, since it works for one owner at a time.</summary>
internal sealed class InitialStates
{
    private const int Most = 8;

    private readonly Dictionary<ScriptBounds, InitialState> _states = [];

    public InitialState Of(ScriptBounds bounds)
    {
        if (_states.TryGetValue(bounds, out var known))
        {
            return known;
        }

        if (_states.Count == Most)
        {
            _states.Clear();
        }

        return _states[bounds] = InitialState.Of(bounds);
    }
}
