using System;
using System.Management.Automation;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class AddMemberTests
{
    [Theory]
    [InlineData("Add-Member NoteProperty a 1 -PassThru", "a", "1")]
    [InlineData("Add-Member -MemberType NoteProperty -Name a -Value 1 -PassThru", "a", "1")]
    [InlineData("Add-Member a 1 -PassThru", "a", "1")]
    [InlineData("Add-Member -NotePropertyMembers @{ a = 1 } -PassThru", "a", "1")]
    [InlineData("Add-Member ScriptProperty a { 1 + 1 } -PassThru", "a", "2")]
    [InlineData("Add-Member ScriptMethod a { 3 } -PassThru", "a()", "3")]
    [InlineData("Add-Member n 4 -PassThru | Add-Member AliasProperty a n -PassThru", "a", "4")]
    [InlineData("Add-Member a 1 -PassThru | Add-Member a 2 -Force -PassThru", "a", "2")]
    [InlineData("Add-Member -TypeName My.Type -PassThru", "PSObject.TypeNames[0]", "My.Type")]
    public void MembersAreAdded(string command, string member, string expected)
    {
        using var script = new Script();
        Assert.Equal(expected, script.Text($"(New-Object psobject | {command}).{member}"));
    }

    [Fact]
    public void AMemberThatIsThereIsAnError()
    {
        using var script = new Script();
        var error = script.Error("New-Object psobject -Property @{ a = 1 } | Add-Member a 2");
        Assert.Equal("MemberAlreadyExists,Microsoft.PowerShell.Commands.AddMemberCommand", error.FullyQualifiedErrorId);
    }

    [Fact]
    public void ConstrainedLanguageAddsScriptMembers()
    {
        using var script = new Script(PSLanguageMode.ConstrainedLanguage);
        Assert.Equal("2", script.Text("(New-Object psobject | Add-Member ScriptProperty a { 1 + 1 } -PassThru).a"));
    }
}
