using System;
using System.IO;
using System.Management.Automation;

namespace SPE.Tests.CliXml;

/// <summary>A module with a command of a name that ours has too, in a folder of its own.</summary>
internal sealed class RivalModule : IDisposable
{
    public const string Name = "Rival";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spe-rival-");

    public RivalModule() => File.WriteAllText(
        Manifest,
        $"@{{ ModuleVersion = '1.0'; RootModule = '{typeof(RivalModule).Assembly.Location}'; CmdletsToExport = @('ConvertTo-CliXml') }}");

    public string Manifest => Path.Combine(_folder.FullName, $"{Name}.psd1");

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>What Utility of 7.5 has, as far as its name goes.</summary>
[Cmdlet(VerbsData.ConvertTo, "CliXml")]
public sealed class RivalCommand : PSCmdlet;
