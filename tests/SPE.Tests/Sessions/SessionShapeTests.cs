using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>client-module.md 2 and 3: what else is a session, and what is seen of it.</summary>
public sealed class SessionShapeTests
{
    /// <summary>decisions.md, session object: a session that was serialised is hidden by the same view, and works.</summary>
    [Theory, BothLanguages]
    public async Task DeserialisedSessionShowsNoSecretAndWorks(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK", "answer");
        using var shell = Shell.Open(server, mode);
        shell.Set("copy", PSSerializer.Deserialize(PSSerializer.Serialize(shell.Get("s"))));
        var result = shell.Run("$copy | Out-String; \"$copy\"; Invoke-RemoteScript -Session $copy -Raw -ScriptBlock { 1 }").NoErrors();
        Assert.Equal("answer", result.Values[2]);
        Assert.DoesNotContain(Secrets.Any, result.AllText(), StringComparison.Ordinal);
        Assert.Contains(server.Uri.Authority, (string)result.Values[0]!, StringComparison.Ordinal);
    }

    /// <summary>A table with the properties of a session is one, in any case, and keeps its cookies.</summary>
    [Theory, BothLanguages]
    public async Task TableIsASession(PSLanguageMode mode)
    {
        await using var server = ScriptedServer.Replying(200, "OK", "answer", ("Set-Cookie", "node=7; path=/"));
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            """
            $table = @{ accessToken = 'token-1'; connection = "$uri"; sessionId = 'id-1' }
            Invoke-RemoteScript -Session $table -Raw -ScriptBlock { 1 }
            Invoke-RemoteScript -Session $table -Raw -ScriptBlock { 1 }
            """);
        Assert.Equal(["answer", "answer"], values.NoErrors().Values);
        Assert.All(server.Requests, request => Assert.Equal("Bearer token-1", request.Header("Authorization")));
        Assert.Equal([null, "node=7"], server.Requests.Select(request => request.Header("Cookie")));
    }

    /// <summary>Q-12 and client-module.md 4.2: a PSCredential is sent as Basic, from a session and without one.</summary>
    [Theory]
    [InlineData("$t = New-ScriptSession -ConnectionUri $uri -Credential $c; Invoke-RemoteScript -Session $t -ScriptBlock { 1 }")]
    [InlineData("Invoke-RemoteScript -ConnectionUri $uri -Credential $c -ScriptBlock { 1 }")]
    public async Task CredentialIsSentAsBasic(string script)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(server);
        using var password = new System.Security.SecureString();
        "p@ss".ToList().ForEach(password.AppendChar);
        shell.Set("c", new PSCredential(@"sitecore\svc-spe", password));
        shell.Run(script).NoErrors();
        Assert.Equal("Basic c2l0ZWNvcmVcc3ZjLXNwZTpwQHNz", server.Requests.Single().Header("Authorization"));
    }

    /// <summary>Q-1: a token that is given to the command comes before the session's own.</summary>
    [Theory]
    [InlineData("Invoke-RemoteScript -Session $s -AccessToken given -ScriptBlock { 1 }")]
    [InlineData("Stop-ScriptSession -Session $s -AccessToken given")]
    [InlineData("Invoke-RemoteScript @login -AccessToken given -ScriptBlock { 1 }")]
    public async Task ExplicitTokenComesFirst(string script)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(server);
        shell.Run("$s.AccessToken = 'own'; " + script).NoErrors();
        Assert.Equal("Bearer given", server.Requests.Single().Header("Authorization"));
    }

    /// <summary>client-module.md 6: sets that are told by one parameter alone.</summary>
    [Fact]
    public void DefaultCredentialsAreKeptOnTheSession()
    {
        using var shell = Shell.Open();
        var session = shell.Run("New-ScriptSession -ConnectionUri https://h.test -UseDefaultCredentials -Timeout 10").OneObject();
        Assert.Equal(true, session.Properties["UseDefaultCredentials"].Value);
        Assert.Equal(10, session.Properties["Timeout"].Value);
    }

    /// <summary>client-module.md 7: calling it with neither set's parameters is a parameter set error.</summary>
    [Fact]
    public void StopWithoutParametersIsAParameterSetError()
    {
        using var shell = Shell.Open();
        Assert.IsAssignableFrom<ParameterBindingException>(shell.Run("Stop-ScriptSession").TerminatingError().Exception);
    }
}
