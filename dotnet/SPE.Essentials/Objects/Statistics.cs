using System;
using System.Globalization;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Running figures of one property. The spread is kept by Welford's method, which does not lose digits.</summary>
internal sealed class Statistics(Figures wanted)
{
    private readonly TextStatistics _text = new(wanted.HasFlag(Figures.IgnoreWhiteSpace));
    private double _sum;
    private double _mean;
    private double _squares;
    private object? _maximum;
    private object? _minimum;
    private int _count;

    private bool OfText => (wanted & Figures.OfText) != 0;

    /// <summary>Takes a value in. False when a number is needed and it is none: then it counts for nothing.</summary>
    public bool TryAdd(object value)
    {
        if (OfText)
        {
            _text.Add(value.ToString() ?? string.Empty);
            return true;
        }

        double number = 0;
        var needsNumber = (wanted & Figures.OfNumbers) != 0;
        if (needsNumber && !LanguagePrimitives.TryConvertTo(value, out number))
        {
            return false;
        }

        _count++;
        _maximum = wanted.HasFlag(Figures.Maximum) ? Further(value, _maximum, 1) : null;
        _minimum = wanted.HasFlag(Figures.Minimum) ? Further(value, _minimum, -1) : null;
        _sum += number;
        var distance = number - _mean;
        _mean += distance / _count;
        _squares += distance * (number - _mean);
        return true;
    }

    /// <summary>The figures that were wanted. The spread is that of a sample: divided by one less than the count.</summary>
    public MeasureInfo Report(string? property)
    {
        if (OfText)
        {
            return _text.Report(property, wanted);
        }

        var sum = If(Figures.Sum, _sum);
        var average = If(Figures.Average, _count == 0 ? 0 : _sum / _count);
        var spread = If(Figures.StandardDeviation, _count < 2 ? 0 : Math.Sqrt(_squares / (_count - 1)));
        return IsNumber(_maximum, out var most) && IsNumber(_minimum, out var least)
            ? new GenericMeasureInfo
            {
                Property = property,
                Count = _count,
                Sum = sum,
                Average = average,
                Maximum = most,
                Minimum = least,
                StandardDeviation = spread,
            }
            : new GenericObjectMeasureInfo
            {
                Property = property,
                Count = _count,
                Sum = sum,
                Average = average,
                Maximum = _maximum,
                Minimum = _minimum,
                StandardDeviation = spread,
            };
    }

    private double? If(Figures figure, double value) => wanted.HasFlag(figure) ? value : null;

    private static bool IsNumber(object? value, out double? number)
    {
        number = value is not null && LanguagePrimitives.TryConvertTo<double>(value, out var converted) ? converted : null;
        return value is null || number is not null;
    }

    private static object Further(object value, object? best, int direction)
    {
        if (best is null)
        {
            return value;
        }

        var (first, second) = (Comparable(value), Comparable(best));
        if (first.GetType() != second.GetType())
        {
            (first, second) = (value.ToString()!, best.ToString()!);
        }

        return LanguagePrimitives.Compare(first, second, ignoreCase: false, CultureInfo.CurrentCulture) * direction > 0
            ? value
            : best;
    }

    private static object Comparable(object value) =>
        LanguagePrimitives.TryConvertTo<double>(value, out var number) ? number : value is PSObject wrapped ? wrapped.BaseObject : value;
}
