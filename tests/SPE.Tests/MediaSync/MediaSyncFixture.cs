using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;

namespace SPE.Tests.MediaSync;

/// <summary>A folder that is watched, the configuration for it, and a server that takes what comes.</summary>
internal sealed class MediaSyncFixture : IAsyncDisposable
{
    public const string Password = "password-of-the-tests";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("spe-media-");

    public MediaSyncFixture(Func<ScriptedExchange, Task>? answer = null, string credentials = "")
    {
        Server = new ScriptedServer(answer ?? (exchange => exchange.Reply(200, "OK")));
        Directory.CreateDirectory(Folder);
        var signIn = credentials.Length > 0 ? credentials : $"<login>admin</login><password>{Password}</password>";
        File.WriteAllText(
            Config,
            $"""
            <mediaSync>
              <folder path="{Folder}">
                <site><host>{Server.Uri}</host><credentials>{signIn}</credentials></site>
                <media><mediaFolder>Images/site</mediaFolder><skippedPaths><mask>*.tmp</mask><mask>drafts\*</mask></skippedPaths></media>
              </folder>
            </mediaSync>
            """);
    }

    public ScriptedServer Server { get; }

    public string Folder => Beside("watched");

    public string Config => Beside("sync.xml");

    /// <summary>What the subscriptions of the folder end in.</summary>
    public string Id => Folder.Replace('/', '_');

    public Shell Open(PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = Shell.Open(mode);
        shell.Set("config", Config);
        return shell;
    }

    public void Write(string name, string content = "content")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Of(name))!);
        File.WriteAllText(Of(name), content);
    }

    /// <summary>A file or folder beside the watched one, on the same file system, so that moving it writes nothing.</summary>
    public string Beside(string name) => Path.Combine(_root.FullName, name);

    public string Of(string name) => Path.Combine(Folder, name);

    /// <summary>The next request that is about a path.</summary>
    public async Task<CapturedRequest> Request(string part)
    {
        while (true)
        {
            var exchange = await Server.Arrival();
            if (exchange.Request.Target.Contains(part, StringComparison.Ordinal) || exchange.Request.Text.Contains(part, StringComparison.Ordinal))
            {
                return exchange.Request;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _root.Delete(recursive: true);
    }
}
