using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using System.Xml.Linq;
using SPE.Tests.Transfers;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>A server whose services of files and media are on, with a folder for each root, and the access tokens of a provider.</summary>
public sealed class FileServer : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>Every root that callers name.</summary>
    internal static readonly string[] Roots =
        ["App", "Data", "Debug", "Index", "Layout", "Log", "Media", "Package", "Serialization", "Temp"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spe-files-");

    internal IdentityProvider Provider { get; } = new();

    internal TestServer Server { get; private set; } = null!;

    /// <summary>The folder that absolute paths may lead to.</summary>
    internal string Allowed => Path.Combine(_folder.FullName, "allowed");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Allowed);
        Directory.CreateDirectory(Path.Combine(FolderOf("Library"), "master"));
        Directory.CreateDirectory(Path.Combine(FolderOf("Library"), "web"));
        var variables = Roots.Select(root => ($"SPE_SERVER__FILES__{root.ToUpperInvariant()}", FolderOf(root)))
            .Append(IdentityProvider.SwitchedOn)
            .Append(("SITECORE_SPE_REMOTING_FILE_ENABLED", "true"))
            .Append(("SPE_SERVER__MEDIA__FOLDER", FolderOf("Library")))
            .Append(("SITECORE_SPE_REMOTING_MEDIA_ENABLED", "true"));
        Server = await TestServer.Start(Prepare, [.. variables]);
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A shell in <paramref name="folder"/> whose <c>$s</c> is a session of the administrator.</summary>
    internal Shell Open(TransferFolder folder, PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = folder.Open(Server.Uri, mode);
        shell.Set("uri", Server.Uri);
        shell.Set("secret", Server.Secret);
        shell.Run("$s = New-ScriptSession -ConnectionUri $uri -Username admin -SharedSecret $secret").NoErrors();
        return shell;
    }

    /// <summary>Where something below a root is on the disk of the server.</summary>
    internal string PathOf(string root, string name) => Path.Combine(FolderOf(root), name);

    private string FolderOf(string root) =>
        Directory.CreateDirectory(Path.Combine(_folder.FullName, root.ToUpperInvariant())).FullName;

    private void Prepare(TestServer server)
    {
        Provider.FillIn(server);
        var config = XDocument.Load(server.ConfigFile);
        config.Descendants("settings").Single().Add(
            new XElement("setting", new XAttribute("name", "Spe.Remoting.AllowedFileRoots"), new XAttribute("value", Allowed)));
        config.Save(server.ConfigFile);
    }
}
