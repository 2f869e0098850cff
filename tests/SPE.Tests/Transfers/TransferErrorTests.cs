using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>client-module.md 16.2 and 17.2 with CM-D-02: errors carry category, status, URI and path, and the true cause.</summary>
public sealed class TransferErrorTests
{
    private const string Send = "Send-RemoteItem -Session $s -Path data.xml -RootPath App ";
    private const string Receive = "Receive-RemoteItem -Session $s -Path data.xml -RootPath App -Destination out.xml ";

    public static TheoryData<string, string> Both => new() { { Send, "Upload failed." }, { Receive, "Download failed." } };

    [Theory, MemberData(nameof(Both))]
    public async Task RefusalIsAnErrorWithItsParts(string call, string lead)
    {
        await using var server = ScriptedServer.Replying(403, "Path is not allowed.", "", ("X-SPE-RequestId", "rid-1"));
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(call));
        Assert.StartsWith(lead, error.ToString(), StringComparison.Ordinal);
        foreach (var part in (string[])["Path is not allowed.", "403", "data.xml"])
        {
            Assert.Contains(part, error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("Spe.Remoting.Forbidden", ErrorCatalogue.IdOf(error));
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Equal("data.xml", error.TargetObject);
        Assert.Equal(new Uri(error.CategoryInfo.TargetName), server.Uri);
        Assert.Equal("rid-1", error.Property("RemoteCorrelationId"));
        Assert.Equal("403", PSObject.AsPSObject(error.Exception).Properties["StatusCode"].Value.ToString());
    }

    /// <summary>16.2 and CM-D-38: no retry, and what the server asks for is told, in seconds or as a date.</summary>
    [Theory]
    [InlineData(Send, 429, "7", "Spe.Remoting.Throttled")]
    [InlineData(Send, 503, "Sun, 06 Nov 1994 08:49:44 GMT", "Spe.Remoting.Unavailable")]
    [InlineData(Receive, 503, "7", "Spe.Remoting.Unavailable")]
    [InlineData(Receive, 429, "Sun, 06 Nov 1994 08:49:44 GMT", "Spe.Remoting.Throttled")]
    public async Task ThrottlingIsToldAndNotRetried(string call, int status, string retryAfter, string id)
    {
        await using var server = ScriptedServer.Replying(status, "Busy", "", ("Retry-After", retryAfter));
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(call));
        Assert.Equal(id, ErrorCatalogue.IdOf(error));
        Assert.Contains(retryAfter, error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    /// <summary>CM-D-02: a transport failure is an error with its cause.</summary>
    [Theory, MemberData(nameof(Both))]
    public void UnreachableServerIsAnErrorWithItsCause(string call, string lead)
    {
        var uri = Ports.Closed();
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(uri);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(call));
        Assert.Equal("Spe.Remoting.ConnectFailed", ErrorCatalogue.IdOf(error));
        Assert.StartsWith(lead, error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{uri.Port}", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["data.xml"], folder.Files);
    }

    /// <summary>CM-D-02: -ErrorAction Stop and -ErrorVariable work.</summary>
    [Theory, MemberData(nameof(Both))]
    public async Task ErrorsObeyTheirParameters(string call, string lead)
    {
        await using var server = ScriptedServer.Replying(500, "Internal Server Error");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        Assert.Equal("Spe.Remoting.HttpError", ErrorCatalogue.IdOf(shell.Run(call + "-ErrorAction Stop").TerminatingError()));
        var kept = shell.Run(call + "-ErrorAction SilentlyContinue -ErrorVariable kept; $kept[0]").NoErrors();
        Assert.StartsWith(lead, kept.Value.ToString(), StringComparison.Ordinal);
    }

    /// <summary>16.2: a missing source or a directory is told as that, by its path, and the next file goes on.</summary>
    [Theory, BothLanguages]
    public async Task SourceThatIsNoFileIsNamed(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml").With("sub/x");
        using var shell = folder.Open(server, mode);
        var result = shell.Run("'none [1].xml', 'sub', 'data.xml' | Send-RemoteItem -Session $s -RootPath App");
        Assert.Equal(["none [1].xml", "sub"], result.Errors.Select(error => error.TargetObject));
        Assert.All(result.Errors, error => Assert.Equal("Spe.Remoting.FileNotRead", ErrorCatalogue.IdOf(error)));
        Assert.All(result.Errors, error => Assert.Equal(ErrorCategory.ReadError, error.CategoryInfo.Category));
        Assert.Contains("does not exist", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("directory", result.Errors[1].ToString(), StringComparison.Ordinal);
        Assert.Contains(folder.PathOf("none [1].xml"), result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    /// <summary>Only files of the file system are sent.</summary>
    [Theory]
    [InlineData("variable:PWD")]
    [InlineData("nosuchdrive:/x")]
    public async Task SourcesOfOtherProvidersAreRefused(string path)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run($"Send-RemoteItem -Session $s -Path {path} -RootPath App"));
        Assert.Equal("Spe.Remoting.InvalidInput", ErrorCatalogue.IdOf(error));
        Assert.Contains(path, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>WP-D-05 as far as a client can tell: the server took an empty upload for a download.</summary>
    [Fact]
    public async Task EmptyUploadTakenForADownloadIsAnError()
    {
        await using var server = ScriptedServer.Replying(
            200, "OK", "old", ("Content-Disposition", "attachment; filename=\"data.xml\""));
        using var folder = new TransferFolder().With("data.xml", "");
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Send));
        Assert.Equal("Spe.Remoting.MalformedReply", ErrorCatalogue.IdOf(error));
        Assert.Contains("empty file", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>An upload is not sent to where a redirect points, and the error says where that is.</summary>
    [Fact]
    public async Task RedirectOfAnUploadIsAnError()
    {
        await using var elsewhere = ScriptedServer.Replying(200, "OK");
        await using var server = ScriptedServer.Replying(307, "Moved", "", ("Location", elsewhere.Uri.ToString()));
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Send));
        Assert.Contains(elsewhere.Uri.Authority, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    /// <summary>16.2 and 17.2: the first server that fails ends an input, and the next input goes on.</summary>
    [Theory]
    [InlineData("'data.xml', 'data.xml' | Send-RemoteItem -Session $both -RootPath App")]
    [InlineData("'data.xml', 'data.xml' | Receive-RemoteItem -Session $both -RootPath App -Destination out.xml")]
    public async Task FailureLeavesOutTheServersThatAreLeft(string call)
    {
        await using var first = new ScriptedServer(exchange => exchange.Reply(exchange.Index == 0 ? 500 : 200, "As it is"));
        await using var second = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(first);
        shell.Set("uris", new[] { first.Uri, second.Uri });
        var result = shell.Run($"$both = New-ScriptSession -Username u -SharedSecret $secret -ConnectionUri $uris; {call}");
        ErrorCatalogue.OnlyErrorOf(result);
        Assert.Equal((2, 1), (first.Requests.Count, second.Requests.Count));
    }

    /// <summary>CM-D-27 and the bad input: what is missing is named.</summary>
    [Theory]
    [InlineData("Send-RemoteItem -Path data.xml -RootPath App", "ConnectionUri")]
    [InlineData("Send-RemoteItem -Session $null -Path data.xml -RootPath App", "Session")]
    [InlineData("Receive-RemoteItem -Session $null -Path data.xml -RootPath App -Destination x", "Session")]
    [InlineData("Send-RemoteItem -Session ([pscustomobject]@{}) -Path data.xml -RootPath App", "Connection")]
    [InlineData("Send-RemoteItem -Session $s -Path '' -RootPath App", "Path")]
    [InlineData("Receive-RemoteItem -Session $s -Path data.xml -RootPath App -Destination ''", "Destination")]
    public void MissingParametersAreNamed(string call, string parameter)
    {
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(Ports.Closed());
        Assert.Contains(parameter, shell.Run(call).TerminatingError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>The bad input: a URI with a query is refused, and what stands in it is not shown.</summary>
    [Theory]
    [InlineData("Send-RemoteItem -Path data.xml -RootPath App")]
    [InlineData("Receive-RemoteItem -Path data.xml -RootPath App -Destination out.xml")]
    public void UriWithAQueryIsRefused(string call)
    {
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(Ports.Closed());
        var result = shell.Run($"{call} -ConnectionUri http://x.test/?key=hidden");
        Assert.Equal("Spe.Remoting.InvalidInput", ErrorCatalogue.IdOf(ErrorCatalogue.OnlyErrorOf(result)));
        Assert.DoesNotContain("hidden", result.AllText(), StringComparison.Ordinal);
    }
}
