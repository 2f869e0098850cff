using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Which objects of a stream are wanted, by their place in it.</summary>
internal sealed class ObjectWindow(int skip, int? first, int? last, int skipLast, int[]? indexes, int[]? skippedIndexes)
{
    private readonly HashSet<int>? _wanted = indexes is null ? null : [.. indexes];
    private readonly HashSet<int>? _unwanted = skippedIndexes is null ? null : [.. skippedIndexes];

    /// <summary>With -Last alone, -Skip counts from the end.</summary>
    private readonly int _skipFirst = last is not null && first is null ? 0 : skip;

    private readonly int _kept = last is null ? skipLast : last.Value + (first is null ? skip : 0);
    private readonly Queue<PSObject> _end = [];
    private int _seen;
    private int _passed;

    /// <summary>Whether no further object can be wanted.</summary>
    public bool IsComplete => last is null && skipLast == 0
        && (_wanted is null ? first is not null && _passed >= first : _passed >= _wanted.Count);

    /// <summary>What to write now that <paramref name="item"/> has come.</summary>
    public IEnumerable<PSObject> Pass(PSObject item)
    {
        var index = _seen++;
        if (index < _skipFirst || _wanted?.Contains(index) == false || _unwanted?.Contains(index) == true)
        {
            yield break;
        }

        if (_passed < (first ?? (last is null ? int.MaxValue : 0)) && skipLast == 0)
        {
            _passed++;
            yield return item;
            yield break;
        }

        if (first is not null && last is null)
        {
            yield break;
        }

        _end.Enqueue(item);
        if (_end.Count > _kept)
        {
            var leaving = _end.Dequeue();
            if (skipLast > 0)
            {
                yield return leaving;
            }
        }
    }

    /// <summary>What to write at the end of the stream.</summary>
    public IEnumerable<PSObject> Rest()
    {
        var rest = _end.ToArray();
        var count = last is null ? 0 : Math.Max(0, rest.Length - (first is null ? skip : 0));
        return rest[..count];
    }
}
