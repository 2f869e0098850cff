using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Makes of each object one with the wanted properties, or the values of one property.</summary>
internal sealed class PropertySelector
{
    private readonly Cmdlet _command;
    private readonly IReadOnlyList<PropertySpecification> _properties;
    private readonly WildcardPattern[] _excluded;
    private readonly PSPropertyExpression? _expand;

    public PropertySelector(Cmdlet command, object[]? properties, string[]? excluded, string? expand)
    {
        _command = command;
        _properties = PropertySpecification.Read(
            properties is null && excluded is not null && string.IsNullOrEmpty(expand) ? ["*"] : properties);
        _excluded = [.. (excluded ?? []).Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        _expand = string.IsNullOrEmpty(expand) ? null : new PSPropertyExpression(expand);
    }

    public IEnumerable<PSObject> Select(PSObject source)
    {
        if (_expand is not null)
        {
            return Expand(source, _expand);
        }

        if (_properties.Count == 0)
        {
            return [source];
        }

        var result = new PSObject();
        result.TypeNames.Insert(0, "Selected." + source.BaseObject.GetType());
        AddTo(result, source);
        return [result];
    }

    private IEnumerable<PSObject> Expand(PSObject source, PSPropertyExpression expand)
    {
        var results = expand.GetValues(source);
        if (results.Count != 1 || results[0].Exception is not null)
        {
            var (id, reason) = results.Count switch
            {
                0 => ("ExpandPropertyNotFound", $"Property \"{expand}\" cannot be found."),
                1 => ("PropertyEvaluationExpand", $"Property \"{expand}\" has no value: {results[0].Exception.Message}"),
                _ => ("MutlipleExpandProperties", $"Multiple properties match \"{expand}\": only one can be expanded."),
            };
            _command.WriteError(new ErrorRecord(
                new PSArgumentException(reason), id, ErrorCategory.InvalidArgument, source));
            yield break;
        }

        var value = results[0].Result;
        foreach (var item in LanguagePrimitives.GetEnumerable(value) ?? new[] { value })
        {
            if (item is not null)
            {
                var expanded = _properties.Count == 0 ? PSObject.AsPSObject(item) : PSObject.AsPSObject(item).Copy();
                AddTo(expanded, source);
                yield return expanded;
            }
        }
    }

    private void AddTo(PSObject target, PSObject source)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in _properties.SelectMany(property => Values(property, source)))
        {
            if (taken.Add(name))
            {
                target.Properties.Add(new PSNoteProperty(name, value));
            }
            else
            {
                _command.WriteError(new ErrorRecord(
                    new PSArgumentException($"The property cannot be processed because the property \"{name}\" already exists."),
                    "AlreadyExistingUserSpecifiedPropertyNoExpand",
                    ErrorCategory.InvalidOperation,
                    source));
            }
        }
    }

    /// <summary>A name without wildcards is a property of the result even where the object has none of it.</summary>
    private IEnumerable<(string Name, object? Value)> Values(PropertySpecification property, PSObject source)
    {
        var expression = property.Expression;
        IEnumerable<PSPropertyExpression> names =
            expression.HasWildCardCharacters ? expression.ResolveNames(source) : [expression];
        foreach (var single in names)
        {
            var name = property.Name ?? single.ToString();
            if (!Array.Exists(_excluded, pattern => pattern.IsMatch(name)))
            {
                var result = single.GetValues(source).FirstOrDefault();
                yield return (name, result?.Exception is null ? result?.Result : null);
            }
        }
    }
}
