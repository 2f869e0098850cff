using System;
using System.Globalization;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Running figures of one property. The spread is kept by Welford's method, which does not lose digits.</summary>
internal sealed class Statistics
{
    private double _mean;
    private double _squares;
    private int _numbers;

    public int Count { get; private set; }

    public double Sum { get; private set; }

    public object? Maximum { get; private set; }

    public object? Minimum { get; private set; }

    public int Lines { get; private set; }

    public int Words { get; private set; }

    public int Characters { get; private set; }

    public double Average => _numbers == 0 ? 0 : Sum / _numbers;

    /// <summary>Of a sample: divided by one less than the count.</summary>
    public double StandardDeviation => _numbers < 2 ? 0 : Math.Sqrt(_squares / (_numbers - 1));

    public void AddValue(object? value)
    {
        Count++;
        Maximum = Further(value, Maximum, 1);
        Minimum = Further(value, Minimum, -1);
    }

    public void AddNumber(double number)
    {
        _numbers++;
        Sum += number;
        var distance = number - _mean;
        _mean += distance / _numbers;
        _squares += distance * (number - _mean);
    }

    public void AddText(string text, bool ignoreWhiteSpace)
    {
        var inWord = false;
        foreach (var character in text)
        {
            var isSpace = char.IsWhiteSpace(character);
            Characters += isSpace && ignoreWhiteSpace ? 0 : 1;
            Words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        Lines += text.Length == 0 ? 0 : 1 + text.AsSpan(0, text.Length - 1).Count('\n');
    }

    private static object? Further(object? value, object? best, int direction)
    {
        var (first, second) = (Comparable(value), Comparable(best));
        if (first is null || second is null)
        {
            return best ?? value;
        }

        if (first.GetType() != second.GetType())
        {
            (first, second) = (value!.ToString()!, best!.ToString()!);
        }

        return LanguagePrimitives.Compare(first, second, ignoreCase: false, CultureInfo.CurrentCulture) * direction > 0
            ? value
            : best;
    }

    private static object? Comparable(object? value) =>
        value is not null && LanguagePrimitives.TryConvertTo<double>(value, out var number)
            ? number
            : value is PSObject wrapped ? wrapped.BaseObject : value;
}
