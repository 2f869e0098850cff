using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace SPE.Session;

/// <summary>
/// A table of options by name, in any case. A key that is not known is refused, never ignored, and a value that cannot be used is
/// refused by the name of its key; no message repeats a value, which may be secret.
/// </summary>
internal sealed class OptionTable
{
    private readonly string _name;
    private readonly IDictionary _table;

    /// <param name="name">How messages call the table.</param>
    /// <param name="table">The table.</param>
    /// <param name="keys">The keys it may have.</param>
    /// <exception cref="PSArgumentException">A key is unknown.</exception>
    public OptionTable(string name, IDictionary table, params string[] keys)
    {
        _name = name;
        _table = table;
        foreach (var key in table.Keys)
        {
            if (!keys.Contains($"{key}", StringComparer.OrdinalIgnoreCase))
            {
                throw new PSArgumentException($"{name} has no key '{key}'. Its keys are {string.Join(", ", keys)}.");
            }
        }
    }

    /// <summary>The value of a key without the engine's wrapper; null when it is not there.</summary>
    public object? this[string name]
    {
        get
        {
            var key = _table.Keys.Cast<object?>().FirstOrDefault(key => name.Equals($"{key}", StringComparison.OrdinalIgnoreCase));
            var value = key is null ? null : _table[key];
            return value is PSObject wrapped ? wrapped.BaseObject : value;
        }
    }

    /// <summary>A refusal of the value of a key.</summary>
    public PSArgumentException Refuse(string key, string what) => new($"{_name} {key} {what}");

    /// <summary>A number of seconds, or a TimeSpan.</summary>
    public double Seconds(string key, double unset, double smallest, double largest)
    {
        var value = this[key];
        if (value is null)
        {
            return unset;
        }

        var seconds = value is TimeSpan span
            ? span.TotalSeconds
            : LanguagePrimitives.TryConvertTo<double>(value, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        return seconds >= smallest && seconds <= largest
            ? seconds
            : throw Refuse(
                key, $"is a number of seconds from {smallest.ToString(CultureInfo.InvariantCulture)} to {largest}, or a TimeSpan.");
    }

    /// <summary>A truth value; a text is none, since 'false' would read as true.</summary>
    public bool Flag(string key) => this[key] switch
    {
        null => false,
        bool flag => flag,
        SwitchParameter flag => flag,
        _ => throw Refuse(key, "is $true or $false."),
    };
}
