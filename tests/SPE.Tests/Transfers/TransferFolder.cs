using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;

namespace SPE.Tests.Transfers;

/// <summary>A folder of its own for a test of transfers, which is the location of the shells opened in it.</summary>
internal sealed class TransferFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spe-transfer-");

    /// <summary>Every file in it, by its path from here, with slashes.</summary>
    public IReadOnlyList<string> Files =>
    [
        .. _folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.FullName, file.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    /// <summary>The absolute path of something in it.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Makes a file, and its directories.</summary>
    public TransferFolder With(string name, string content = "content")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
        return this;
    }

    /// <summary>A shell whose location this is and whose <c>$s</c> is a session on the server.</summary>
    public Shell Open(ScriptedServer server, PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = Shell.Open(server, mode);
        return Enter(shell);
    }

    /// <summary>The same for an address.</summary>
    public Shell Open(Uri uri, PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = Shell.Open(mode);
        shell.Connect(uri, Secrets.Any);
        return Enter(shell);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Shell Enter(Shell shell)
    {
        shell.Set("folder", _folder.FullName);
        shell.Run("Set-Location $folder").NoErrors();
        return shell;
    }
}
