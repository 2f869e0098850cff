using System;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>
/// client-module.md 4.2 to 4.4 with CM-D-01: every request of every command carries the session's credential, whichever that is, and a
/// token is minted for each attempt (CM-D-08).
/// </summary>
public sealed class CredentialTests
{
    private static readonly string[] Commands =
    [
        "Invoke-RemoteScript -Session $t -ScriptBlock { 1 }",
        "Invoke-RemoteScript -Session $t -AsJob -ScriptBlock { 1 }",
        "Wait-RemoteScriptSession -Session $t -Id job-1",
        "Wait-RemoteSitecoreJob -Session $t -Ids 'a;cm', 'b;cm'",
        "Wait-RemoteConnection -Session $t",
        "Test-RemoteConnection -Session $t",
        "Stop-ScriptSession -Session $t",
        "Send-RemoteItem -Session $t -Path $file -RootPath App",
        "Receive-RemoteItem -Session $t -Path /a.txt -RootPath App -Destination $folder/ -Force",
    ];

    private static readonly (string Options, string Header)[] Credentials =
    [
        ("-AccessToken the-token", "Bearer the-token"),
        ("-Username 'sitecore\\admin' -SharedSecret $secret", "Bearer eyJ"),
        ("-AccessKeyId key-1 -SharedSecret $secret", "Bearer eyJ"),
        ("-Username u -Password p", "Basic dTpw"),
        ("-Credential $login2", "Basic dTpw"),
    ];

    public static TheoryData<PSLanguageMode, string, string, string> Walk()
    {
        var walk = new TheoryData<PSLanguageMode, string, string, string>();
        foreach (var command in Commands)
        {
            foreach (var (options, header) in Credentials)
            {
                var mode = walk.Count % 2 == 0 ? PSLanguageMode.FullLanguage : PSLanguageMode.ConstrainedLanguage;
                walk.Add(mode, command, options, header);
            }
        }

        return walk;
    }

    [Theory, MemberData(nameof(Walk))]
    public async Task EveryCommandSendsTheCredentialOfItsSession(PSLanguageMode mode, string command, string options, string header)
    {
        await using var server = Answering();
        using var folder = new SPE.Tests.Transfers.TransferFolder();
        using var shell = Open(server, folder, mode);
        shell.Run($"$t = New-ScriptSession -ConnectionUri $uri {options}; {command}");
        Assert.NotEmpty(server.Requests);
        Assert.All(server.Requests, request => Assert.StartsWith(header, request.Header("Authorization"), StringComparison.Ordinal));
    }

    /// <summary>4.3: key id, issuer, audience, life; and the name only where there is one.</summary>
    [Theory]
    [InlineData("-AccessKeyId key-1", "\"kid\":\"key-1\"", "")]
    [InlineData("-Username 'sitecore\\admin' -Algorithm HS512", "\"alg\":\"HS512\"", "\"name\":\"sitecore\\\\admin\"")]
    public async Task TokensSayWhatTheSpecificationSays(string options, string header, string payload)
    {
        await using var server = Answering();
        using var folder = new SPE.Tests.Transfers.TransferFolder();
        using var shell = Open(server, folder, PSLanguageMode.FullLanguage);
        shell.Run($"$t = New-ScriptSession -ConnectionUri $uri -SharedSecret $secret {options}; Test-RemoteConnection -Session $t");
        var token = server.Requests[0].Header("Authorization")!["Bearer ".Length..].Split('.');
        Assert.Contains(header, Decode(token[0]), StringComparison.Ordinal);
        var claims = Decode(token[1]);
        Assert.Contains(payload, claims, StringComparison.Ordinal);
        Assert.Contains($"\"aud\":\"{server.Uri.GetLeftPart(UriPartial.Authority)}\"", claims, StringComparison.Ordinal);
        Assert.Contains("\"iss\":\"SPE Remoting\"", claims, StringComparison.Ordinal);
        Assert.Equal(payload.Length > 0, claims.Contains("\"name\"", StringComparison.Ordinal));
    }

    /// <summary>Q-1: a token that is given to the command comes before the session's credential.</summary>
    [Theory]
    [InlineData("Invoke-RemoteScript -Session $t -ScriptBlock { 1 } -AccessToken other")]
    [InlineData("Stop-ScriptSession -Session $t -AccessToken other")]
    [InlineData("Send-RemoteItem -Session $t -Path $file -RootPath App -AccessToken other")]
    [InlineData("Receive-RemoteItem -Session $t -Path /a.txt -RootPath App -Destination $folder/ -Force -AccessToken other")]
    public async Task GivenTokenBeatsTheSession(string command)
    {
        await using var server = Answering();
        using var folder = new SPE.Tests.Transfers.TransferFolder();
        using var shell = Open(server, folder, PSLanguageMode.ConstrainedLanguage);
        shell.Run($"$t = New-ScriptSession -ConnectionUri $uri -AccessToken the-token; {command}");
        Assert.All(server.Requests, request => Assert.Equal("Bearer other", request.Header("Authorization")));
    }

    /// <summary>CM-D-08: the second attempt has a token of its own.</summary>
    [Fact]
    public async Task EachAttemptMintsAToken()
    {
        await using var server = new ScriptedServer(exchange => exchange.Index == 0
            ? exchange.Reply(503, "Later", "", ("Retry-After", "1"))
            : exchange.Reply(200, "OK", WaitReplies.CliXml("result")));
        using var shell = Shell.Open(server);
        shell.Remote("1", "-MaxRetries 1").NoErrors();
        var tokens = server.Requests.Select(request => request.Header("Authorization")).ToArray();
        Assert.Equal(2, tokens.Distinct().Count());
    }

    private static ScriptedServer Answering() => new(exchange =>
    {
        var request = exchange.Request;
        return request.Target.Contains("/wait/", StringComparison.Ordinal) ? exchange.Json(WaitReplies.Of("Idle", true))
            : request.Target.Contains("action=test", StringComparison.Ordinal) ? exchange.Json("""{"SPEVersion":"9.0.0"}""")
            : request.Target.Contains("/file/", StringComparison.Ordinal)
                ? exchange.Reply(200, "OK", "x", ("Content-Type", "text/plain"), ("Content-Disposition", "attachment; filename=\"a.txt\""))
            : request.Text.Contains("Start-ScriptSession", StringComparison.Ordinal) ? exchange.Reply(200, "OK", StockServers.JobId)
            : exchange.Reply(200, "OK", WaitReplies.CliXml("result", "warmup-ok"));
    });

    private static Shell Open(ScriptedServer server, SPE.Tests.Transfers.TransferFolder folder, PSLanguageMode mode)
    {
        folder.With("sent.txt");
        var shell = Shell.Open(server, mode);
        shell.Set("file", folder.PathOf("sent.txt"));
        shell.Set("folder", folder.PathOf("."));
        var password = new System.Security.SecureString();
        password.AppendChar('p');
        shell.Set("login2", new PSCredential("u", password));
        return shell;
    }

    private static string Decode(string segment)
    {
        var text = segment.Replace('-', '+').Replace('_', '/');
        return Encoding.UTF8.GetString(Convert.FromBase64String(text.PadRight(text.Length + ((4 - text.Length % 4) % 4), '=')));
    }
}
