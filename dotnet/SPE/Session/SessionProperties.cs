using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Session;

/// <summary>
/// Reads properties of a session by name: of an object of New-ScriptSession, of one made by hand, of one that was
/// deserialised, or of a table. What is missing is null (client-module.md 3).
/// </summary>
internal readonly struct SessionProperties(PSObject session)
{
    public object? this[string name] => Read(session, name);

    public string Text(string name) => this[name]?.ToString() ?? "";

    public bool Flag(string name) => LanguagePrimitives.IsTrue(this[name]);

    /// <summary>The elements of a list, or the one value there is.</summary>
    public IEnumerable<object?> List(string name)
    {
        var value = this[name];
        if (value is null)
        {
            yield break;
        }

        if (value is IDictionary || LanguagePrimitives.GetEnumerable(value) is not { } items)
        {
            yield return value;
            yield break;
        }

        foreach (var item in items)
        {
            yield return Bare(item);
        }
    }

    /// <summary>A property of an object or an entry of a table, without the engine's wrapper.</summary>
    public static object? Read(object? target, string name)
    {
        if (Bare(target) is IDictionary table)
        {
            return Bare(table[name]);
        }

        return target is null ? null : Bare(PSObject.AsPSObject(target).Properties[name]?.Value);
    }

    /// <summary>The object inside the engine's wrapper; an object that only has properties is its own wrapper.</summary>
    private static object? Bare(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
