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
    private readonly Dictionary<string, Statistics> _found = new(StringComparer.OrdinalIgnoreCase);
    private MeasuredFigures _wanted;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public PSPropertyExpression[]? Property { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Sum { get => Wants(MeasuredFigures.Sum); set => Want(MeasuredFigures.Sum, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Average { get => Wants(MeasuredFigures.Average); set => Want(MeasuredFigures.Average, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Maximum { get => Wants(MeasuredFigures.Maximum); set => Want(MeasuredFigures.Maximum, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Minimum { get => Wants(MeasuredFigures.Minimum); set => Want(MeasuredFigures.Minimum, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter StandardDeviation { get => Wants(MeasuredFigures.StandardDeviation); set => Want(MeasuredFigures.StandardDeviation, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter AllStats { get => Wants(MeasuredFigures.All); set => Want(MeasuredFigures.All, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Line { get => Wants(MeasuredFigures.Lines); set => Want(MeasuredFigures.Lines, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Word { get => Wants(MeasuredFigures.Words); set => Want(MeasuredFigures.Words, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Character { get => Wants(MeasuredFigures.Characters); set => Want(MeasuredFigures.Characters, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter IgnoreWhiteSpace { get => Wants(MeasuredFigures.IgnoreWhiteSpace); set => Want(MeasuredFigures.IgnoreWhiteSpace, value); }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        if (Property is null)
        {
            Add(string.Empty, InputObject);
            return;
        }

        foreach (var result in Property.SelectMany(property => property.GetValues(InputObject)))
        {
            if (result is { Exception: null, Result: not null })
            {
                Add(result.ResolvedExpression.ToString(), result.Result);
            }
        }
    }

    protected override void EndProcessing()
    {
        if (Property is null)
        {
            WriteObject(_found.GetValueOrDefault(string.Empty, new Statistics(_wanted)).Report(null));
            return;
        }

        foreach (var name in Property.Select(property => property.ToString()).Where(name => !IsFound(name)))
        {
            var error = new PSArgumentException($"The property \"{name}\" cannot be found in the input for any objects.");
            WriteError(new ErrorRecord(error, "GenericMeasurePropertyNotFound", ErrorCategory.InvalidArgument, null));
        }

        WriteObject(_found.Select(entry => entry.Value.Report(entry.Key)), enumerateCollection: true);
    }

    private bool Wants(MeasuredFigures figures) => _wanted.HasFlag(figures);

    private void Want(MeasuredFigures figures, bool value) => _wanted = value ? _wanted | figures : _wanted & ~figures;

    private bool IsFound(string name) => _found.Keys.Any(WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch);

    private void Add(string name, object value)
    {
        _found.TryAdd(name, new Statistics(_wanted));
        if (!_found[name].TryAdd(value))
        {
            var error = new PSInvalidOperationException($"Input object \"{value}\" is not numeric.");
            WriteError(new ErrorRecord(error, "NonNumericInputObject", ErrorCategory.InvalidType, value));
        }
    }
}
