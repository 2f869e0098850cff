using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using SPE.Tests.Transfers;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>What examples take for granted: a server that answers, files, and the variables that pages speak of.</summary>
internal sealed class ExampleStage : IAsyncDisposable
{
    private const string PageServer = "https://cm.example.test";

    /// <summary>An error that the server's job has, so it is no fault of an example.</summary>
    private const string ErrorOfTheJob = "item locked";

    private readonly ScriptedServer _server = StockServers.NineZero(WaitReplies.Of("Idle", true));
    private readonly TransferFolder _folder = new();
    private readonly Shell _shell;

    public ExampleStage(PSLanguageMode mode)
    {
        _shell = _folder.Open(_server, mode);
        Directory.CreateDirectory(_folder.PathOf("watched"));
        _folder.With("sync.xml", Sync()).With("cursor.txt", "the.cursor");
        _shell.Set("id", StockServers.JobId);
        _shell.Run("$session = $s; $handles = 'a;cm'; $token = New-Jwt HS256 -Issuer i -Audience a -SecretKey $secret").NoErrors();
    }

    /// <summary>Runs an example, which has to end without an error of its own.</summary>
    public void Run(string title, string code)
    {
        var result = _shell.Run(code.Replace(PageServer, _server.Uri.ToString(), StringComparison.Ordinal));
        var isTold = result.Errors.All(error => error.ToString() == ErrorOfTheJob);
        Assert.True(isTold && result.Terminating is null, result.Describe(title));
    }

    public async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        _folder.Dispose();
        await _server.DisposeAsync();
    }

    private string Sync() =>
        $"""
        <mediaSync><folder path="{_folder.PathOf("watched")}"><site><host>{_server.Uri}</host><credentials><accessToken>t</accessToken></credentials></site>
        <media><mediaFolder>Images</mediaFolder></media></folder></mediaSync>
        """;
}
