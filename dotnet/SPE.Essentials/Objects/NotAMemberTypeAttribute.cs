using System;
using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>
/// Refuses the names of member types, so that <c>Add-Member NoteProperty Name Value</c> is not read as a note with the name
/// NoteProperty.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotAMemberTypeAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is string name && Enum.TryParse<PSMemberTypes>(name, ignoreCase: true, out _))
        {
            throw New($"'{name}' is a type of member: give the note's name with -NotePropertyName.", swallowException: true);
        }
    }

    /// <summary>An exception that lets the binding go on with the next parameter.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern ValidationMetadataException New(string message, bool swallowException);
}
