using System;
using System.IO;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Surface;

/// <summary>decisions.md, "beside the old module": functions shadow cmdlets, so a loaded script module is told of.</summary>
public sealed class ImportTests
{
    [Theory, BothLanguages]
    public void LoadedScriptModuleOfTheSameNameIsWarnedOf(PSLanguageMode mode)
    {
        using var folder = new OldModule();
        using var shell = Shell.Bare(mode);
        shell.Set("old", folder.Manifest);
        var result = shell.Run("Import-Module $old; Import-Module $SpeManifest").NoErrors();
        Assert.Contains("9.0.0", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory, BothLanguages]
    public void NothingIsSaidOtherwise(PSLanguageMode mode)
    {
        using var shell = Shell.Bare(mode);
        Assert.Empty(shell.Run("Import-Module $SpeManifest").NoErrors().Warnings);
    }

    /// <summary>A folder with a script module that has the old one's name and one of its functions.</summary>
    private sealed class OldModule : IDisposable
    {
        private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("spe-old-");

        public OldModule()
        {
            var folder = _root.CreateSubdirectory("SPE").FullName;
            Manifest = Path.Combine(folder, "SPE.psd1");
            File.WriteAllText(
                Manifest, "@{ RootModule = 'SPE.psm1'; ModuleVersion = '9.0.0'; FunctionsToExport = @('New-ScriptSession') }");
            File.WriteAllText(Path.Combine(folder, "SPE.psm1"), "function New-ScriptSession { 'old' }");
        }

        public string Manifest { get; }

        public void Dispose() => _root.Delete(recursive: true);
    }
}
