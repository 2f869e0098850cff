using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Surface;

/// <summary>client-module.md 1 and decisions.md, "beside the old module": what the module is and exports.</summary>
public sealed class ManifestTests
{
    [Theory, BothLanguages]
    public void ModuleTakesThePlaceOfTheScriptModule(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        var module = (PSModuleInfo)shell.Run("Get-Module SPE").Value;
        Assert.Equal(new Guid("cf8d3b69-b293-4d8b-9974-e1ab80509724"), module.Guid);
        Assert.True(module.Version > new Version(9, 0, 0), $"{module.Version}");
        Assert.Equal(ModuleType.Binary, module.ModuleType);
    }

    [Fact]
    public void OnlyCmdletsAreExported()
    {
        using var shell = Shell.Open();
        var module = (PSModuleInfo)shell.Run("Get-Module SPE").Value;
        Assert.Equal(module.ExportedCommands.Keys.Order(), module.ExportedCmdlets.Keys.Order());
        Assert.Empty(module.ExportedFunctions);
        Assert.Empty(module.ExportedAliases);
        Assert.Empty(module.ExportedVariables);
    }

    /// <summary>ffi-notes.md 3: importing again must not trip over what is set once per process.</summary>
    [Theory, BothLanguages]
    public void ModuleCanBeRemovedAndImportedAgain(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        var token = shell.Run(
            "Remove-Module SPE; Import-Module $SpeManifest; Import-Module $SpeManifest -Force; "
            + "New-Jwt -Algorithm HS256 -Issuer i -Audience a -SecretKey 0123456789abcdef0123456789abcdef");
        Assert.Equal(3, ((string)token.Value).Split('.').Length);
    }

    /// <summary>client-module.md 2: only Invoke-RemoteScript has -WhatIf and -Confirm.</summary>
    [Fact]
    public void OnlyInvokeSupportsShouldProcess()
    {
        using var shell = Shell.Open();
        var commands = shell.Run("Get-Command -Module SPE").NoErrors().Values.Cast<CmdletInfo>();
        Assert.Equal(
            ["Invoke-RemoteScript"],
            commands.Where(command => command.Parameters.ContainsKey("WhatIf")).Select(command => command.Name));
    }

    /// <summary>The issue: importing brings no other managed assembly than ours, and what PowerShell has itself.</summary>
    [Fact]
    public void ModuleBringsOneAssembly()
    {
        var folder = Repository.File("Modules", "SPE");
        Assert.Equal(
            ["SPE.dll"],
            Directory.EnumerateFiles(folder, "*.dll", SearchOption.AllDirectories).Where(file => !file.Contains("runtimes", StringComparison.Ordinal)).Select(Path.GetFileName));
        using var shell = Shell.Open();
        var assembly = ((CmdletInfo)shell.Run("Get-Command New-Jwt").Value).ImplementingType.Assembly;
        Assert.All(assembly.GetReferencedAssemblies(), reference => Assert.Matches("^(System|Microsoft|netstandard)", reference.Name));
    }

    /// <summary>decisions.md, CliXml pair: else 7.5 and later put their own commands in the place of ours.</summary>
    [Fact]
    public void UtilityIsRequired()
    {
        using var shell = Shell.Open();
        var module = (PSModuleInfo)shell.Run("Get-Module SPE").Value;
        Assert.Contains(module.RequiredModules, required => required.Name == "Microsoft.PowerShell.Utility");
    }
}
