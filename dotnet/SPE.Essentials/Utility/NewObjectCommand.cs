using System;
using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;

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
    public IDictionary? Property { get; set; }

    protected override void BeginProcessing()
    {
        var type = Resolve();
        if (SessionState.LanguageMode != PSLanguageMode.FullLanguage && !AllowedTypes.Contains(type))
        {
            Refuse(
                new PSNotSupportedException("Cannot create type. Only core types are supported in this language mode."),
                "CannotCreateTypeConstrainedLanguage",
                ErrorCategory.PermissionDenied);
        }

        try
        {
            var created = Create(type);
            SetProperties(PSObject.AsPSObject(created));
            WriteObject(created);
        }
        catch (MethodException error)
        {
            Refuse(error, "ConstructorInvokedThrowException", ErrorCategory.InvalidOperation);
        }
    }

    private Type Resolve()
    {
        if (LanguagePrimitives.TryConvertTo<Type>(TypeName, out var type))
        {
            return type;
        }

        var error = new TypeLoadException(
            $"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded.");
        Refuse(error, "TypeNotFound", ErrorCategory.InvalidType);
        throw error;
    }

    private object Create(Type type) =>
        ArgumentList.Length == 0 && type.IsValueType
            ? Activator.CreateInstance(type)!
            : Constructors.Invoke(type, Array.ConvertAll(ArgumentList, Unwrap));

    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    /// <summary>On a bare object every entry becomes a property; on another it sets one or calls a method.</summary>
    private void SetProperties(PSObject target)
    {
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
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
                var error = new InvalidOperationException($"The member \"{name}\" was not found for the specified .NET object.");
                Refuse(error, "InvalidOperationException", ErrorCategory.InvalidOperation);
            }
        }
    }

    private void Refuse(Exception error, string id, ErrorCategory category) =>
        ThrowTerminatingError(new ErrorRecord(error, id, category, null));
}
