using System;
using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>Add-Member: adds properties and methods to an object.</summary>
[Cmdlet(VerbsCommon.Add, "Member", DefaultParameterSetName = "TypeNameSet")]
public sealed class AddMemberCommand : PSCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = new();

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "MemberSet")]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; }

    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "MemberSet")]
    public string Name { get; set; } = string.Empty;

    [Parameter(Position = 2, ParameterSetName = "MemberSet")]
    public object? Value { get; set; }

    [Parameter(Position = 3, ParameterSetName = "MemberSet")]
    public object? SecondValue { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "NotePropertySingleMemberSet")]
    [NotAMemberType]
    public string NotePropertyName { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "NotePropertySingleMemberSet")]
    [AllowNull]
    public object? NotePropertyValue { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "NotePropertyMultiMemberSet")]
    public IDictionary NotePropertyMembers { get; set; } = new Hashtable();

    [Parameter(ParameterSetName = "TypeNameSet", Mandatory = true)]
    [Parameter(ParameterSetName = "MemberSet")]
    [Parameter(ParameterSetName = "NotePropertySingleMemberSet")]
    [Parameter(ParameterSetName = "NotePropertyMultiMemberSet")]
    public string? TypeName { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "MemberSet":
                Add(MemberFactory.Create(MemberType, Name, Value, SecondValue));
                break;
            case "NotePropertySingleMemberSet":
                Add(new PSNoteProperty(NotePropertyName, NotePropertyValue));
                break;
            case "NotePropertyMultiMemberSet":
                foreach (DictionaryEntry entry in NotePropertyMembers)
                {
                    Add(new PSNoteProperty(LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value));
                }

                break;
        }

        if (!string.IsNullOrEmpty(TypeName))
        {
            InputObject.TypeNames.Insert(0, TypeName);
        }

        if (PassThru)
        {
            WriteObject(InputObject);
        }
    }

    private void Add(PSMemberInfo? member)
    {
        if (member is null)
        {
            Refuse("CannotAddMemberType", $"A member of type \"{MemberType}\" cannot be added.");
        }
        else if (InputObject.Members[member.Name] is { } known && !Replace(known))
        {
            Refuse(
                "MemberAlreadyExists",
                $"Cannot add a member with the name \"{member.Name}\" because a member with that name already exists. " +
                "To overwrite the member anyway, add the Force parameter to your command.");
        }
        else
        {
            InputObject.Members.Add(member);
        }
    }

    private void Refuse(string id, string reason) => WriteError(new ErrorRecord(
        new InvalidOperationException(reason), id, ErrorCategory.InvalidOperation, InputObject));

    /// <summary>Only what a script added can give way; a member of the type is hidden by the new one.</summary>
    private bool Replace(PSMemberInfo known)
    {
        if (Force && known.IsInstance)
        {
            InputObject.Members.Remove(known.Name);
        }

        return Force;
    }
}
