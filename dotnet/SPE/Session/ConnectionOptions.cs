using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace SPE.Session;

/// <summary>The keys of <c>-HttpOption</c>, checked: one that is not known is refused, never ignored.</summary>
internal sealed class ConnectionOptions
{
    private const string ConnectTimeout = "ConnectTimeout";
    private const string OperationTimeout = "OperationTimeout";

    /// <summary>Longest bound in seconds, a day.</summary>
    private const double Longest = 86_400;

    /// <summary>Bound on connecting in seconds.</summary>
    public double ConnectTimeoutSeconds { get; private init; } = 30;

    /// <summary>Bound on one request in seconds, 0 for none.</summary>
    public double OperationTimeoutSeconds { get; private init; }

    /// <summary>Reads a table; <c>null</c> gives the defaults.</summary>
    /// <exception cref="PSArgumentException">A key is unknown or its value cannot be used.</exception>
    public static ConnectionOptions Of(IDictionary? table)
    {
        if (table is null)
        {
            return new ConnectionOptions();
        }

        var unknown = table.Keys.Cast<object?>().Select(key => $"{key}").FirstOrDefault(key => !IsKnown(key));
        if (unknown is not null)
        {
            throw new PSArgumentException(
                $"HttpOption has no key '{unknown}'. Its keys are {ConnectTimeout} and {OperationTimeout}.");
        }

        return new ConnectionOptions
        {
            ConnectTimeoutSeconds = Seconds(table, ConnectTimeout, 30, smallest: 0.001),
            OperationTimeoutSeconds = Seconds(table, OperationTimeout, 0, smallest: 0),
        };
    }

    private static bool IsKnown(string key) =>
        key.Equals(ConnectTimeout, StringComparison.OrdinalIgnoreCase)
        || key.Equals(OperationTimeout, StringComparison.OrdinalIgnoreCase);

    private static double Seconds(IDictionary table, string name, double unset, double smallest)
    {
        var key = table.Keys.Cast<object?>().FirstOrDefault(
            key => name.Equals($"{key}", StringComparison.OrdinalIgnoreCase));
        if (key is null)
        {
            return unset;
        }

        var value = table[key] is PSObject wrapped ? wrapped.BaseObject : table[key];
        var seconds = value is TimeSpan span
            ? span.TotalSeconds
            : LanguagePrimitives.TryConvertTo<double>(value, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        var least = smallest.ToString(CultureInfo.InvariantCulture);
        return seconds >= smallest && seconds <= Longest
            ? seconds
            : throw new PSArgumentException($"HttpOption {name} is a number of seconds from {least} to {Longest}, or a TimeSpan.");
    }
}
