using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Orders objects by the values of a list of properties, or by themselves where the list is empty.</summary>
internal sealed class RowComparer(
    IReadOnlyList<PropertySpecification> properties, bool descending, IComparer<object?> values) : IComparer<RowComparer.Row>
{
    /// <summary>An object and what it is ordered by, worked out once.</summary>
    public sealed record Row(PSObject Object, object?[] Keys);

    public Row RowOf(PSObject source) =>
        new(source, properties.Count == 0 ? [source] : [.. properties.Select(property => KeyOf(property, source))]);

    public int Compare(Row? x, Row? y)
    {
        for (var index = 0; index < x!.Keys.Length; index++)
        {
            var result = values.Compare(x.Keys[index], y!.Keys[index]);
            if (result != 0)
            {
                var reverse = index < properties.Count ? properties[index].Descending ?? descending : descending;
                return reverse ? -result : result;
            }
        }

        return 0;
    }

    /// <summary>The first of each run of equal rows.</summary>
    public IEnumerable<Row> Distinct(IEnumerable<Row> sorted)
    {
        Row? last = null;
        foreach (var row in sorted)
        {
            if (last is null || Compare(last, row) != 0)
            {
                yield return row;
            }

            last = row;
        }
    }

    private static object? KeyOf(PropertySpecification property, PSObject source)
    {
        var results = property.Expression.GetValues(source);
        return results.Count > 0 && results[0].Exception is null ? results[0].Result : null;
    }
}
