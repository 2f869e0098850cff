using System;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Running counts of lines, words and characters.</summary>
internal sealed class TextStatistics(bool ignoreWhiteSpace)
{
    private int _lines;
    private int _words;
    private int _characters;

    public void Add(string text)
    {
        var inWord = false;
        foreach (var character in text)
        {
            var isSpace = char.IsWhiteSpace(character);
            _characters += isSpace && ignoreWhiteSpace ? 0 : 1;
            _words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        _lines += text.Length == 0 ? 0 : 1 + text.AsSpan(0, text.Length - 1).Count('\n');
    }

    public TextMeasureInfo Report(string? property, Figures wanted) => new()
    {
        Property = property,
        Lines = wanted.HasFlag(Figures.Lines) ? _lines : null,
        Words = wanted.HasFlag(Figures.Words) ? _words : null,
        Characters = wanted.HasFlag(Figures.Characters) ? _characters : null,
    };
}
