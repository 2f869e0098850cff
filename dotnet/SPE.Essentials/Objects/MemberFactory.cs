using System;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Makes the members that a script can add to an object.</summary>
internal static class MemberFactory
{
    /// <summary>A member of the type, or null where a script cannot make such.</summary>
    public static PSMemberInfo? Create(PSMemberTypes type, string name, object? first, object? second) => type switch
    {
        PSMemberTypes.NoteProperty => new PSNoteProperty(name, first),
        PSMemberTypes.AliasProperty => new PSAliasProperty(
            name,
            LanguagePrimitives.ConvertTo<string>(first),
            second is null ? null : LanguagePrimitives.ConvertTo<Type>(second)),
        PSMemberTypes.ScriptProperty => new PSScriptProperty(name, Script(first), Script(second)),
        PSMemberTypes.ScriptMethod => new PSScriptMethod(name, Script(first)),
        _ => null,
    };

    private static ScriptBlock? Script(object? value) => value is null ? null : LanguagePrimitives.ConvertTo<ScriptBlock>(value);
}
