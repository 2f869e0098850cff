using System;
using System.Diagnostics.CodeAnalysis;

namespace Sitecore;

/// <summary>
/// The handle of a job, under the name by which scripts of stock clients know it (wire-protocol.md 6.4): <c>{GUID};instance</c>.
/// </summary>
public sealed class Handle
{
    private const int LengthOfGuid = 38;

    private readonly string _text;

    private Handle(string text) => _text = text;

    /// <summary>A handle of nothing.</summary>
    public static Handle Null { get; } = new("");

    /// <summary>Reads a handle. What is none is the handle of nothing: a script that polls for it finds that its job is no more.</summary>
    public static Handle Parse(string? handleString) =>
        IsHandle(handleString) ? new Handle(handleString.Trim()) : Null;

    /// <summary>Whether a text has the form of a handle.</summary>
    public static bool IsHandle([NotNullWhen(true)] string? handleString)
    {
        var text = handleString?.Trim();
        return text is { Length: > LengthOfGuid + 1 }
            && text[LengthOfGuid] == ';'
            && Guid.TryParseExact(text.AsSpan(0, LengthOfGuid), "B", out _);
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
