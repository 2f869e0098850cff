using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>client-module.md 4, 5 and 8.2 to 8.4: what goes over the wire, for any server of the protocol.</summary>
public sealed class RequestTests
{
    private const string Waiting =
        "GET /-/script/wait/?sessionId=id-1&jobId=job-1&jobType=scriptsession&timeoutSeconds=";

    [Fact]
    public async Task ScriptRequestHasTheUrlOfTheProtocol()
    {
        var request = await Send("$s.SessionId = 'id-1'; Invoke-RemoteScript -Session $s -ScriptBlock { 1 }");
        Assert.Equal("POST", request.Method);
        Assert.Equal(
            "/-/script/script/?sessionId=id-1&rawOutput=False&outputFormat=CliXml&persistentSession=False",
            request.Target);
    }

    [Theory]
    [InlineData("-Raw", "rawOutput=True&outputFormat=Raw&persistentSession=False")]
    [InlineData("-Verbose", "persistentSession=False&captureStreams=true")]
    [InlineData("-Debug", "persistentSession=False&captureStreams=true")]
    [InlineData("-Verbose:$false", "outputFormat=CliXml&persistentSession=False")]
    public async Task OptionsShowInTheUrl(string option, string expected)
    {
        var request = await Send($"Invoke-RemoteScript -Session $s -ScriptBlock {{ 1 }} {option}");
        Assert.EndsWith(expected, request.Target, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 5: a path in the connection URI is kept.</summary>
    [Fact]
    public async Task PathOfTheUriIsKept()
    {
        var request = await Send(
            """
            $login.ConnectionUri = "$($uri)app/"; $t = New-ScriptSession @login
            Invoke-RemoteScript -Session $t -ScriptBlock { 1 }
            """);
        Assert.StartsWith("/app/-/script/script/?", request.Target, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 8.3: gzip of UTF-8 without a mark, the delimiter always there.</summary>
    [Fact]
    public async Task BodyIsTheScriptThenTheDelimiter()
    {
        var request = await Send("$s.SessionId = 'id-1'; Invoke-RemoteScript -Session $s -ScriptBlock {1 + '\u00e9'}");
        Assert.Equal("gzip", request.Header("Content-Encoding"));
        Assert.Equal("text/plain", request.Header("Content-Type"));
        Assert.Equal("1 + '\u00e9'<#id-1#>", request.Text);
    }

    [Fact]
    public async Task ArgumentsFollowTheDelimiterAsCliXml()
    {
        var request = await Send(
            "$s.SessionId = 'id-1'; Invoke-RemoteScript -Session $s -ScriptBlock { 1 } -Arguments @{ name = 'value' }");
        var arguments = request.Text.Split("<#id-1#>")[1];
        Assert.StartsWith("<Objs", arguments, StringComparison.Ordinal);
        Assert.Contains("<S N=\"Value\">value</S>", arguments, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 10.1 and 24: the generated names of $using:.</summary>
    [Theory]
    [InlineData("Invoke-RemoteScript -Session $s -ScriptBlock {$using:p; \"x $($using:P)\"}", "$params.__using_p; \"x $($params.__using_p)\"")]
    [InlineData("Invoke-RemoteScript -Session $s -AsJob -ScriptBlock {$using:p}", "$__using_p")]
    public async Task UsingIsRewrittenInPlace(string script, string expected)
    {
        var request = await Send("$p = 'master:/'; " + script);
        Assert.Contains(expected, request.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("using:", request.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>client-module.md 24: capture adds nothing to the script's text.</summary>
    [Fact]
    public async Task CaptureAddsNothingToTheScript()
    {
        var request = await Send("Invoke-RemoteScript -Session $s -ScriptBlock {1} -Verbose");
        Assert.StartsWith("1<#", request.Text, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 8.4: one statement that starts a session and returns its ID.</summary>
    [Fact]
    public async Task JobIsStartedByOneStatement()
    {
        var text = (await Send("Invoke-RemoteScript -Session $s -AsJob -ScriptBlock {Get-Date}")).Text;
        Assert.Contains("Start-ScriptSession", text, StringComparison.Ordinal);
        Assert.Contains("Get-Date", text, StringComparison.Ordinal);
        Assert.Contains("$params", text, StringComparison.Ordinal);
        Assert.Contains("ID", text, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 4.3: the claims of a token, for the origin of the URI only.</summary>
    [Fact]
    public async Task TokenHasTheClaimsOfTheProtocol()
    {
        var request = await Send("Invoke-RemoteScript -Session $s -ScriptBlock { 1 }");
        var parts = request.Header("Authorization")!.Split(' ', '.');
        Assert.Equal("Bearer", parts[0]);
        using var header = Decode(parts[1]);
        using var payload = Decode(parts[2]);
        Assert.Equal(["alg", "typ"], header.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["aud", "exp", "iat", "iss", "name"],
            payload.RootElement.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal("SPE Remoting", payload.RootElement.GetProperty("iss").GetString());
        Assert.Equal("http://" + request.Header("Host"), payload.RootElement.GetProperty("aud").GetString());
        Assert.Equal(TestServer.User, payload.RootElement.GetProperty("name").GetString());
        Assert.Equal(
            30, payload.RootElement.GetProperty("exp").GetInt64() - payload.RootElement.GetProperty("iat").GetInt64());
    }

    /// <summary>
    /// client-module.md 4.2: access token before secret before Basic; CM-D-01: every command sends it.
    /// </summary>
    [Theory]
    [InlineData("Invoke-RemoteScript -Session $t -ScriptBlock { 1 }")]
    [InlineData("Test-RemoteConnection -Session $t")]
    [InlineData("Stop-ScriptSession -Session $t")]
    [InlineData("Wait-RemoteScriptSession -Session $t -Id job-1")]
    public async Task AccessTokenIsSentByEveryCommand(string script)
    {
        var request = await Send("$t = $s.PSObject.Copy(); $t.AccessToken = 'token-verbatim'; " + script);
        Assert.Equal("Bearer token-verbatim", request.Header("Authorization"));
    }

    /// <summary>wire-protocol.md Appendix A: the Basic vector.</summary>
    [Fact]
    public async Task PasswordIsSentAsBasic()
    {
        var request = await Send(
            """
            $t = New-ScriptSession -ConnectionUri $uri -Username 'sitecore\svc-spe' -Password 'p@ss'
            Test-RemoteConnection -Session $t
            """);
        Assert.Equal("Basic c2l0ZWNvcmVcc3ZjLXNwZTpwQHNz", request.Header("Authorization"));
    }

    [Theory]
    [InlineData("Test-RemoteConnection -Session $s", "POST /-/script/script/?action=test")]
    [InlineData("Stop-ScriptSession -Session $s", "POST /-/script/script/?sessionId=id-1&action=cleanup")]
    [InlineData("Wait-RemoteScriptSession -Session $s -Id job-1", Waiting + "30")]
    [InlineData(
        "Wait-RemoteScriptSession -Session $s -Id job-1 -WaitTimeoutSeconds 5 -Cursor 'a b&c'",
        Waiting + "5&cursor=a%20b%26c")]
    public async Task OtherCommandsUseTheirRoutes(string script, string expected)
    {
        var request = await Send("$s.SessionId = 'id-1'; " + script);
        Assert.Equal(expected, $"{request.Method} {request.Target}");
    }

    /// <summary>
    /// client-module.md 4.1, MUST KEEP: cookies of the server come back with the next call of the session.
    /// </summary>
    [Fact]
    public async Task CookiesLiveAsLongAsTheSession()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "", ("Set-Cookie", "node=7; path=/"));
        using var shell = Shell.Open(server);
        shell.Run(
            """
            Invoke-RemoteScript -Session $s -ScriptBlock { 1 }
            Invoke-RemoteScript -Session $s -ScriptBlock { 1 }
            Invoke-RemoteScript -Session $s.PSObject.Copy() -ScriptBlock { 1 }
            $t = New-ScriptSession @login
            Invoke-RemoteScript -Session $t -ScriptBlock { 1 }
            """).NoErrors();
        Assert.Equal([null, "node=7", "node=7", null], server.Requests.Select(request => request.Header("Cookie")));
    }

    private static async Task<CapturedRequest> Send(string script)
    {
        await using var server = new ScriptedServer(exchange => exchange.Request.Target.Contains("/wait/", StringComparison.Ordinal)
            ? exchange.Json("""{"isDone":true,"status":"NotFound","name":"job-1","elapsedSeconds":0}""")
            : exchange.Reply(200, "OK"));
        using var shell = Shell.Open(server);
        var result = shell.Run(script);
        Assert.True(server.Requests.Count > 0, result.Describe("No request was sent."));
        return server.Requests[0];
    }

    private static JsonDocument Decode(string part)
    {
        var padded = part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '=');
        return JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(padded)));
    }
}
