using System;

namespace SPE.Worker.Formats;

/// <summary>
/// The lines of a document of the engine, without their indentation. Unlike the enumerator of the framework this takes line
/// feeds alone for line ends: the other ones are text.
/// </summary>
internal ref struct Lines(ReadOnlySpan<char> document)
{
    private ReadOnlySpan<char> _rest = document;

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly Lines GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var end = _rest.IndexOf('\n');
        var line = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        Current = line.Trim(" \r");
        return true;
    }
}
