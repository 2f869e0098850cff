using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>
/// One item of a -Property list: a name that may have wildcards, a script block, or a table with an expression and more.
/// </summary>
internal sealed class PropertySpecification
{
    private static readonly string[] Keys = ["Expression", "Name", "Label", "Ascending", "Descending"];

    private PropertySpecification(PSPropertyExpression expression) => Expression = expression;

    public PSPropertyExpression Expression { get; }

    /// <summary>The name that a table gives, else null.</summary>
    public string? Name { get; private init; }

    /// <summary>The order that a table asks for, else null.</summary>
    public bool? Descending { get; private init; }

    /// <summary>Reads a list as it was bound.</summary>
    /// <exception cref="ArgumentException">An item is of no known shape.</exception>
    public static IReadOnlyList<PropertySpecification> Read(object?[]? items)
    {
        var result = new List<PropertySpecification>();
        foreach (var item in items ?? [])
        {
            var plain = Plain(item);
            result.Add(plain is IDictionary table ? Read(table) : new PropertySpecification(ExpressionOf(plain)));
        }

        return result;
    }

    private static PropertySpecification Read(IDictionary table)
    {
        var values = new Dictionary<string, object?>();
        foreach (DictionaryEntry entry in table)
        {
            values[FullKey(entry.Key?.ToString() ?? string.Empty)] = Plain(entry.Value);
        }

        if (!values.TryGetValue("Expression", out var expression))
        {
            throw new ArgumentException("The table of a property has no key \"Expression\".", nameof(table));
        }

        var name = values.GetValueOrDefault("Name") ?? values.GetValueOrDefault("Label");
        return new PropertySpecification(ExpressionOf(expression))
        {
            Name = name?.ToString(),
            Descending = Order(values, "Descending", true) ?? Order(values, "Ascending", false),
        };
    }

    private static bool? Order(Dictionary<string, object?> values, string key, bool descending) =>
        values.TryGetValue(key, out var value) ? LanguagePrimitives.IsTrue(value) == descending : null;

    /// <summary>Keys may be shortened.</summary>
    private static string FullKey(string key) =>
        Array.Find(Keys, known => key.Length > 0 && known.StartsWith(key, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"The key \"{key}\" of a property is not one of {string.Join(", ", Keys)}.", nameof(key));

    private static PSPropertyExpression ExpressionOf(object? value) => value switch
    {
        ScriptBlock script => new PSPropertyExpression(script),
        null or "" => throw new ArgumentException("A property has no name.", nameof(value)),
        _ => new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(value)),
    };

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
