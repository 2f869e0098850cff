using System;
using System.Management.Automation;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class NewObjectTests
{
    [Theory]
    [InlineData("(New-Object psobject -Property @{ a = 1 }).a", "1")]
    [InlineData("(New-Object -TypeName PSObject).GetType().Name", "PSCustomObject")]
    [InlineData("(New-Object System.Collections.ArrayList).Count", "0")]
    [InlineData("(New-Object System.Text.StringBuilder 'abc').ToString()", "abc")]
    [InlineData("(New-Object datetime -ArgumentList 2024, 2, 29).DayOfYear", "60")]
    [InlineData("(New-Object 'System.Collections.Generic.List[int]').GetType().Name", "List`1")]
    [InlineData("(New-Object int)", "0")]
    [InlineData("(New-Object System.UriBuilder -Property @{ Host = 'h.test'; Port = 8 }).Port", "8")]
    [InlineData("(New-Object System.Collections.ArrayList (, @(1, 2))).Count", "2")]
    public void ObjectsAreCreated(string text, string expected)
    {
        using var script = new Script();
        Assert.Equal(expected, script.Text(text));
    }

    [Theory]
    [InlineData("New-Object No.Such.Type", "TypeNotFound")]
    [InlineData("New-Object System.Uri 'not a uri'", "ConstructorInvokedThrowException")]
    [InlineData("New-Object System.UriBuilder -Property @{ Missing = 1 }", "InvalidOperationException")]
    public void WhatCannotBeCreatedIsAnError(string text, string id)
    {
        using var script = new Script();
        Assert.Equal($"{id},Microsoft.PowerShell.Commands.NewObjectCommand", script.Error(text).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("(New-Object psobject -Property @{ a = 1 }).a", "1")]
    [InlineData("(New-Object datetime 2024, 1, 2).Year", "2024")]
    public void ConstrainedLanguageCreatesCoreTypes(string text, string expected)
    {
        using var script = new Script(PSLanguageMode.ConstrainedLanguage);
        Assert.Equal(expected, script.Text(text));
    }

    [Theory]
    [InlineData("System.Text.StringBuilder")]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("System.Net.WebClient")]
    public void ConstrainedLanguageRefusesOtherTypes(string type)
    {
        using var script = new Script(PSLanguageMode.ConstrainedLanguage);
        var error = script.Error($"New-Object {type}");
        Assert.Equal(
            "CannotCreateTypeConstrainedLanguage,Microsoft.PowerShell.Commands.NewObjectCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
    }
}
