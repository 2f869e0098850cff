using System;
using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>New-Object: creates an instance of a .NET type. ConstrainedLanguage narrows the types to the engine's list.</summary>
[Cmdlet(VerbsCommon.New, "Object", DefaultParameterSetName = "Net")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(ParameterSetName = "Net", Mandatory = true, Position = 0)]
    public string TypeName { get; set; } = string.Empty;

    [Parameter(ParameterSetName = "Net", Position = 1)]
    [Alias("Args")]
    public object?[] ArgumentList { get; set; } = [];

    [Parameter]
    [ValidateNotNull]
    public IDictionary Property { get; set; } = new Hashtable();

    protected override void BeginProcessing()
    {
        if (!LanguagePrimitives.TryConvertTo<Type>(TypeName, out var type))
        {
            var reason = $"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded.";
            Refuse(new PSArgumentException(reason), "TypeNotFound", ErrorCategory.InvalidType);
        }

        if (SessionState.LanguageMode != PSLanguageMode.FullLanguage && !AllowedTypes.Contains(type))
        {
            var reason = "Cannot create type. Only core types are supported in this language mode.";
            Refuse(new PSNotSupportedException(reason), "CannotCreateTypeConstrainedLanguage", ErrorCategory.PermissionDenied);
        }

        try
        {
            var created = PSObject.AsPSObject(Create(type));
            ObjectProperties.Set(created, Property);
            WriteObject(created);
        }
        catch (MethodException error)
        {
            Refuse(error, "ConstructorInvokedThrowException", ErrorCategory.InvalidOperation);
        }
        catch (InvalidOperationException error)
        {
            Refuse(error, "InvalidOperationException", ErrorCategory.InvalidOperation);
        }
    }

    private object Create(Type type) =>
        ArgumentList.Length == 0 && type.IsValueType
            ? Activator.CreateInstance(type)!
            : Constructors.Invoke(type, Array.ConvertAll(ArgumentList, Unwrap));

    /// <summary>A bare object has no other form than the wrapped one.</summary>
    private static object? Unwrap(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    private void Refuse(Exception error, string id, ErrorCategory category) =>
        ThrowTerminatingError(new ErrorRecord(error, id, category, null));
}
