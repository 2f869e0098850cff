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
    private Figures _wanted;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public PSPropertyExpression[]? Property { get; set; }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Sum { get => Wants(Figures.Sum); set => Want(Figures.Sum, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Average { get => Wants(Figures.Average); set => Want(Figures.Average, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Maximum { get => Wants(Figures.Maximum); set => Want(Figures.Maximum, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Minimum { get => Wants(Figures.Minimum); set => Want(Figures.Minimum, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter StandardDeviation { get => Wants(Figures.StandardDeviation); set => Want(Figures.StandardDeviation, value); }

    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter AllStats { get => Wants(Figures.All); set => Want(Figures.All, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Line { get => Wants(Figures.Lines); set => Want(Figures.Lines, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Word { get => Wants(Figures.Words); set => Want(Figures.Words, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Character { get => Wants(Figures.Characters); set => Want(Figures.Characters, value); }

    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter IgnoreWhiteSpace { get => Wants(Figures.IgnoreWhiteSpace); set => Want(Figures.IgnoreWhiteSpace, value); }

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

    private bool Wants(Figures figures) => _wanted.HasFlag(figures);

    private void Want(Figures figures, bool value) => _wanted = value ? _wanted | figures : _wanted & ~figures;

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
