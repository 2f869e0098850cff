using System;

namespace SPE.Worker.Runspaces;

/// <summary>Bounds texts that go into JSON.</summary>
internal static class WireText
{
    /// <summary>At most <paramref name="limit"/> characters, never half of a surrogate pair. Null is empty.</summary>
    public static ReadOnlySpan<char> Cut(string? text, int limit)
    {
        if (text is null || text.Length <= limit)
        {
            return text;
        }

        return text.AsSpan(0, char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit);
    }
}
