using System;
using System.Collections;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Gives an object the values of a table.</summary>
internal static class ObjectProperties
{
    /// <summary>On a bare object every entry becomes a property; on another it sets one or calls a method.</summary>
    /// <exception cref="InvalidOperationException">The object has no such member.</exception>
    public static void Set(PSObject target, IDictionary values)
    {
        foreach (DictionaryEntry entry in values)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (target.Properties[name] is { } property)
            {
                property.Value = entry.Value;
            }
            else if (target.Methods[name] is { } method)
            {
                method.Invoke(entry.Value);
            }
            else if (target.BaseObject is PSCustomObject)
            {
                target.Properties.Add(new PSNoteProperty(name, entry.Value));
            }
            else
            {
                throw new InvalidOperationException($"The member \"{name}\" was not found for the specified .NET object.");
            }
        }
    }
}
