using System;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Transfers;

/// <summary>client-module.md 4.4 with its FIX: every command sends every credential, from a session and without one.</summary>
public sealed class TransferCredentialTests
{
    private const string Send = "Send-RemoteItem -Path data.xml -RootPath App ";
    private const string Receive = "Receive-RemoteItem -Path data.xml -RootPath App -Destination out.xml -Force ";
    private const string ReceiveMedia = "Receive-RemoteItem -Path data -Database master -Destination out.xml -Force ";

    public static TheoryData<string> All => [Send, Receive, ReceiveMedia];

    /// <summary>CM-D-42: the Uri sets work with nothing but an address and any one credential.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task UriSetsTakeEveryCredential(string call)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        shell.Set("credential", new PSCredential("u", Password("p")));
        foreach (var credential in (string[])[
            "-AccessToken token", "-Username u -Password p", "-Credential $credential", "-Username u -SharedSecret $secret",
            "-AccessKeyId k1 -SharedSecret $secret", ""])
        {
            shell.Run($"{call} -ConnectionUri $uri {credential}").NoErrors();
        }

        var basic = "Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes("u:p"));
        var sent = server.Requests.Select(request => request.Header("Authorization")).ToList();
        Assert.Equal(["Bearer token", basic, basic], sent[..3]);
        Assert.All(sent[3..5], token => Assert.Equal(3, token!.Split('.').Length));
        Assert.Contains("\"kid\":\"k1\"", Header(sent[4]!), StringComparison.Ordinal);
        Assert.Null(sent[5]);
    }

    /// <summary>Q-1: a token that is given beats the session's own.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task AccessTokenBeatsTheSession(string call)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        shell.Run(
            $"""
            $t = New-ScriptSession -AccessToken own -ConnectionUri $uri
            {call} -Session $t
            {call} -Session $t -AccessToken given
            """).NoErrors();
        Assert.Equal(["Bearer own", "Bearer given"], server.Requests.Select(request => request.Header("Authorization")));
    }

    /// <summary>CM-D-24: variables of the caller are no parameters.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task VariablesOfTheCallerDoNotCount(string call)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        shell.Set("AccessKeyId", "leaked");
        shell.Set("SharedSecret", Secrets.Any);
        shell.Set("AccessToken", "leaked");
        shell.Set("UseDefaultCredentials", true);
        shell.Run($"{call} -ConnectionUri $uri -Username u -Password p").NoErrors();
        Assert.StartsWith("Basic ", Assert.Single(server.Requests).Header("Authorization"), StringComparison.Ordinal);
    }

    /// <summary>section 2: a session is read by its properties, whoever made it.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task SessionMadeByHandWorks(string call)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        shell.Run($"{call} -Session ([pscustomobject]@{{ AccessToken = 'hand'; Connection = @(\"$uri\") }})").NoErrors();
        Assert.Equal("Bearer hand", Assert.Single(server.Requests).Header("Authorization"));
    }

    /// <summary>4.1, MUST KEEP: cookies of the session's server go with its transfers.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task CookiesBelongToTheSession(string call)
    {
        await using var server = ScriptedServer.Replying(200, "OK", "", ("Set-Cookie", "affinity=a"));
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        shell.Run($"{call} -Session $s; {call} -Session $s").NoErrors();
        Assert.Equal([null, "affinity=a"], server.Requests.Select(request => request.Header("Cookie")));
    }

    /// <summary>CM-D-05: no clock of our own; the one that was set names itself.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task OperationTimeoutOfHttpOptionCounts(string call)
    {
        await using var server = ScriptedServer.Stalling();
        using var folder = new TransferFolder().With("data.xml");
        using var shell = folder.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run($"{call} -ConnectionUri $uri -AccessToken t -HttpOption @{{ OperationTimeout = 0.1 }}"));
        Assert.Equal("Spe.Remoting.Timeout", ErrorCatalogue.IdOf(error));
        Assert.Contains("OperationTimeout", error.ToString(), StringComparison.Ordinal);
    }

    private static System.Security.SecureString Password(string text)
    {
        var password = new System.Security.SecureString();
        foreach (var character in text)
        {
            password.AppendChar(character);
        }

        return password;
    }

    private static string Header(string bearer)
    {
        var part = bearer["Bearer ".Length..].Split('.')[0].Replace('-', '+').Replace('_', '/');
        return Encoding.UTF8.GetString(Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')));
    }
}
