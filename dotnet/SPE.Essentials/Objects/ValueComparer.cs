using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Compares values as the language does, and as text where it cannot. Nothing comes before something.</summary>
internal sealed class ValueComparer(CultureInfo culture, bool caseSensitive) : IComparer<object?>
{
    public int Compare(object? x, object? y)
    {
        var first = Plain(x);
        var second = Plain(y);
        if (first is null || second is null)
        {
            return (first is null ? 0 : 1) - (second is null ? 0 : 1);
        }

        if (LanguagePrimitives.TryCompare(first, second, !caseSensitive, culture, out var result))
        {
            return result;
        }

        var options = caseSensitive ? CompareOptions.None : CompareOptions.IgnoreCase;
        return culture.CompareInfo.Compare(x!.ToString(), y!.ToString(), options);
    }

    /// <summary>A bare object has itself as its base: its properties are all it is.</summary>
    private static object? Plain(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
