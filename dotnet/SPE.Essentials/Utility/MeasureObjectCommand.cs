using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>Measure-Object: counts objects and works out figures of their values or their text.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object", DefaultParameterSetName = "GenericMeasure")]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly Dictionary<string, Statistics> _statistics = new(StringComparer.OrdinalIgnoreCase);
    private readonly Statistics _objects = new();
    private bool _failed;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public PSPropertyExpression[]? Property { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Sum { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Average { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Maximum { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Minimum { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter StandardDeviation { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter AllStats { get; set; }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Line { get; set; }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Word { get; set; }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Character { get; set; }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter IgnoreWhiteSpace { get; set; }

    private bool OfNumbers => Sum || Average || StandardDeviation || AllStats;

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        if (Property is null)
        {
            Add(_objects, InputObject);
            return;
        }

        foreach (var result in Property.SelectMany(property => property.GetValues(InputObject)))
        {
            if (result is { Exception: null, Result: not null })
            {
                var name = result.ResolvedExpression.ToString();
                _statistics.TryAdd(name, new Statistics());
                Add(_statistics[name], result.Result);
            }
        }
    }

    protected override void EndProcessing()
    {
        if (Property is null)
        {
            WriteObject(Result(null, _objects));
            return;
        }

        foreach (var property in Property.Select(property => property.ToString()).Where(name => !Known(name)))
        {
            var error = new PSArgumentException($"The property \"{property}\" cannot be found in the input for any objects.");
            WriteError(new ErrorRecord(error, "GenericMeasurePropertyNotFound", ErrorCategory.InvalidArgument, null));
        }

        foreach (var (name, statistics) in _statistics)
        {
            WriteObject(Result(name, statistics));
        }
    }

    private bool Known(string name) =>
        _failed || _statistics.Keys.Any(WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch);

    private void Add(Statistics statistics, object value)
    {
        if (ParameterSetName == "TextMeasure")
        {
            statistics.AddText(value.ToString() ?? string.Empty, IgnoreWhiteSpace);
            return;
        }

        if (!OfNumbers)
        {
            statistics.AddValue(value);
        }
        else if (LanguagePrimitives.TryConvertTo<double>(value, out var number))
        {
            statistics.AddValue(value);
            statistics.AddNumber(number);
        }
        else
        {
            _failed = true;
            var error = new PSInvalidOperationException($"Input object \"{value}\" is not numeric.");
            WriteError(new ErrorRecord(error, "NonNumericInputObject", ErrorCategory.InvalidType, value));
        }
    }

    private MeasureInfo Result(string? property, Statistics found)
    {
        if (ParameterSetName == "TextMeasure")
        {
            return new TextMeasureInfo
            {
                Property = property,
                Lines = Line ? found.Lines : null,
                Words = Word ? found.Words : null,
                Characters = Character ? found.Characters : null,
            };
        }

        var maximum = Maximum || AllStats ? found.Maximum : null;
        var minimum = Minimum || AllStats ? found.Minimum : null;
        double? sum = Sum || AllStats ? found.Sum : null;
        double? average = Average || AllStats ? found.Average : null;
        double? spread = StandardDeviation || AllStats ? found.StandardDeviation : null;
        return IsNumber(maximum, out var most) && IsNumber(minimum, out var least)
            ? new GenericMeasureInfo
            {
                Property = property, Count = found.Count, Sum = sum, Average = average,
                Maximum = most, Minimum = least, StandardDeviation = spread,
            }
            : new GenericObjectMeasureInfo
            {
                Property = property, Count = found.Count, Sum = sum, Average = average,
                Maximum = maximum, Minimum = minimum, StandardDeviation = spread,
            };
    }

    private static bool IsNumber(object? value, out double? number)
    {
        number = value is not null && LanguagePrimitives.TryConvertTo<double>(value, out var converted) ? converted : null;
        return value is null || number is not null;
    }
}
