namespace Microsoft.PowerShell.Commands;

/// <summary>What Measure-Object found about one property, or about the objects themselves.</summary>
public abstract class MeasureInfo
{
    /// <summary>Name of the property, null for the objects themselves.</summary>
    public string? Property { get; set; }
}

/// <summary>Figures of numbers. What was not asked for is null.</summary>
public sealed class GenericMeasureInfo : MeasureInfo
{
    public int Count { get; set; }

    public double? Average { get; set; }

    public double? Sum { get; set; }

    public double? Maximum { get; set; }

    public double? Minimum { get; set; }

    public double? StandardDeviation { get; set; }
}

/// <summary>Figures where the greatest or least value is not a number.</summary>
public sealed class GenericObjectMeasureInfo : MeasureInfo
{
    public int Count { get; set; }

    public double? Average { get; set; }

    public double? Sum { get; set; }

    public object? Maximum { get; set; }

    public object? Minimum { get; set; }

    public double? StandardDeviation { get; set; }
}

/// <summary>Figures of text. What was not asked for is null.</summary>
public sealed class TextMeasureInfo : MeasureInfo
{
    public int? Lines { get; set; }

    public int? Words { get; set; }

    public int? Characters { get; set; }
}
