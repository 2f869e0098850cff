using System.Management.Automation;
using Xunit;

namespace SPE.Essentials.Tests;

/// <summary>The modules take the place of those that PowerShell ships (ffi-notes: the bundled engine).</summary>
public sealed class ModuleTests
{
    [Fact]
    public void ACommandLoadsItsModuleOnFirstUse()
    {
        using var script = new Script();
        Assert.Equal("Microsoft.PowerShell.Utility", script.Text("$null = Get-Date; (Get-Module).Name"));
    }

    [Fact]
    public void ACommandCanBeCalledByTheNameOfItsModule()
    {
        using var script = new Script();
        Assert.Equal("a", script.Text("Microsoft.PowerShell.Utility\\Write-Output a"));
    }

    [Theory]
    [InlineData("Microsoft.PowerShell.Utility", "1DA87E53-152B-403E-98DC-74D7B4D63D59")]
    [InlineData("Microsoft.PowerShell.Management", "EEFCB906-B326-4E99-9F54-8B4BB6EF3C6D")]
    public void AModuleCanBeRequiredByNameGuidAndVersion(string name, string id)
    {
        using var script = new Script();
        var specification = $"@{{ ModuleName = '{name}'; ModuleVersion = '7.0.0.0'; Guid = '{id}' }}";
        Assert.Equal(name, script.Text($"(Import-Module -FullyQualifiedName {specification} -PassThru).Name"));
    }

    [Fact]
    public void CommandsLoadInAConstrainedRunspace()
    {
        using var script = new Script(PSLanguageMode.ConstrainedLanguage);
        Assert.Equal("1", script.Text("Write-Output 1"));
    }
}
