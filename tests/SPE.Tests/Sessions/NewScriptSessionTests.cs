using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>client-module.md 3 and 6: what New-ScriptSession makes. Nothing here touches a network.</summary>
public sealed class NewScriptSessionTests
{
    private const string Create =
        "$s = New-ScriptSession -ConnectionUri https://cm.example.test -Username 'sitecore\\svc' -SharedSecret $secret; ";

    [Theory, BothLanguages]
    public void SessionHasEveryPropertyOfTheSpecification(PSLanguageMode mode)
    {
        using var shell = OpenShell(mode);
        var session = shell.Run(Create + "$s").OneObject();

        Assert.Equal(@"sitecore\svc", session.Properties["Username"].Value);
        Assert.Equal("", session.Properties["Password"].Value);
        Assert.Equal(Secrets.Any, session.Properties["SharedSecret"].Value);
        Assert.Equal("", session.Properties["AccessKeyId"].Value);
        Assert.Equal("", session.Properties["AccessToken"].Value);
        Assert.Null(session.Properties["Credential"].Value);
        Assert.Equal(false, session.Properties["UseDefaultCredentials"].Value);
        Assert.Equal("HS256", session.Properties["Algorithm"].Value);
        Assert.Equal(false, session.Properties["PersistentSession"].Value);
        Assert.IsType<Hashtable>(Unwrap(session.Properties["_HttpClients"].Value));
    }

    /// <summary>client-module.md 3: SessionId is a new GUID in lower-case 8-4-4-4-12 form.</summary>
    [Fact]
    public void EachSessionHasAnIdOfItsOwn()
    {
        using var shell = OpenShell();
        var ids = shell.Run($"{Create} $s.SessionId; {Create} $s.SessionId").NoErrors().Values;

        Assert.Equal(2, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(Guid.ParseExact((string)id!, "D").ToString(), id));
    }

    [Theory, BothLanguages]
    public void EachUriIsAConnectionWithUriAndBaseUri(PSLanguageMode mode)
    {
        using var shell = OpenShell(mode);
        var connections = shell.Run(
            "(New-ScriptSession -ConnectionUri https://cm1.test, https://cm2.test -Username u -SharedSecret $secret).Connection");

        Assert.Equal(
            [("https://cm1.test/", "https://cm1.test/"), ("https://cm2.test/", "https://cm2.test/")],
            connections.NoErrors().Output.Select(one => (Text(one, "Uri"), Text(one, "BaseUri"))));
    }

    [Fact]
    public void OneUriIsStillAnArrayOfConnections()
    {
        using var shell = OpenShell();
        Assert.Equal(true, shell.Run(Create + ", $s.Connection | ForEach-Object { $_ -is [array] }").Value);
    }

    /// <summary>
    /// client-module.md 3: scripts set PersistentSession and other properties by assignment, also when constrained.
    /// </summary>
    [Theory, BothLanguages]
    public void PropertiesCanBeAssigned(PSLanguageMode mode)
    {
        using var shell = OpenShell(mode);
        var values = shell.Run(
            Create + "$s.PersistentSession = $true; $s.AccessToken = 't'; $s.PersistentSession; $s.AccessToken");
        Assert.Equal([true, "t"], values.NoErrors().Values);
    }

    /// <summary>CM-D-29: a session that is printed shows no secret; the properties stay.</summary>
    [Fact]
    public void PrintedSessionShowsNoSecret()
    {
        using var shell = OpenShell();
        var text = shell.Run(
            "$a = New-ScriptSession -ConnectionUri https://h.test -Username u -Password pass-phrase-1; $a.AccessToken = 'token-2';" +
            "$b = New-ScriptSession -ConnectionUri https://h.test -Username u -SharedSecret $secret; $a, $b | Out-String");

        var printed = text.OneObject().ToString();
        Assert.DoesNotContain("pass-phrase-1", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("token-2", printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Secrets.Any, printed, StringComparison.Ordinal);
        Assert.Contains("h.test", printed, StringComparison.Ordinal);
    }

    /// <summary>CM-D-29: also when a session is put into a string.</summary>
    [Fact]
    public void SessionInAStringShowsNoSecret()
    {
        using var shell = OpenShell();
        var text = shell.Run(Create + "\"$s\"").OneObject().ToString();
        Assert.DoesNotContain(Secrets.Any, text, StringComparison.Ordinal);
    }

    /// <summary>client-module.md 2, MUST KEEP: scripts abbreviate -user, -pass and -conn.</summary>
    [Fact]
    public void ParametersCanBeAbbreviatedAsScriptsDo()
    {
        using var shell = OpenShell();
        var session = shell.Run("New-ScriptSession -user u -pass p -conn https://h.test").OneObject();
        Assert.Equal(("u", "p"), (session.Properties["Username"].Value, session.Properties["Password"].Value));
    }

    /// <summary>
    /// CM-D-31: the algorithm goes into the header of the token, where the server knows only capitals.
    /// </summary>
    [Theory]
    [InlineData("hs384", "HS384")]
    [InlineData("HS512", "HS512")]
    public void AlgorithmIsNormalised(string given, string expected)
    {
        using var shell = OpenShell();
        shell.Set("given", given);
        var value = shell.Run(
            "(New-ScriptSession -ConnectionUri https://h.test -Username u -SharedSecret $secret -Algorithm $given).Algorithm");
        Assert.Equal(expected, value.Value);
    }

    /// <summary>client-module.md 6, call shapes that belong to no set, and values that validation refuses.</summary>
    [Theory]
    [InlineData("-Username u -SharedSecret $secret -AccessKeyId k", "ParameterBinding")]
    [InlineData("-AccessToken t -SharedSecret $secret", "ParameterBinding")]
    [InlineData("-Username u -SharedSecret ''", "ParameterArgumentValidationError")]
    [InlineData("-Username u -SharedSecret $secret -Algorithm none", "ParameterArgumentValidationError")]
    public void WrongCallsAreParameterErrors(string arguments, string id)
    {
        using var shell = OpenShell();
        var error = shell.Run($"New-ScriptSession -ConnectionUri https://h.test {arguments}").TerminatingError();
        Assert.True(
            error.FullyQualifiedErrorId.Contains(id, StringComparison.Ordinal) || error.Exception is ParameterBindingException,
            error.FullyQualifiedErrorId);
        Assert.DoesNotContain(Secrets.Any, error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>client-module.md 6: both sets of API keys and of access tokens resolve.</summary>
    [Theory]
    [InlineData("-SharedSecret $secret -AccessKeyId key-1", "AccessKeyId", "key-1")]
    [InlineData("-AccessToken token-1", "AccessToken", "token-1")]
    [InlineData("-Username u -Password p", "Password", "p")]
    [InlineData("-Username u", "Username", "u")]
    public void EachCallShapeResolves(string arguments, string property, string expected)
    {
        using var shell = OpenShell();
        var session = shell.Run($"New-ScriptSession -ConnectionUri https://h.test {arguments}").OneObject();
        Assert.Equal(expected, session.Properties[property].Value);
    }

    private static Shell OpenShell(PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = Shell.Open(mode);
        shell.Set("secret", Secrets.Any);
        return shell;
    }

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static string? Text(PSObject? value, string property) => value?.Properties[property]?.Value?.ToString();

    /// <summary>CM-D-28, Q-3: -Timeout is kept and bounds nothing; a script may run longer than it says.</summary>
    [Theory, BothLanguages]
    public async Task TimeoutIsKeptAndBoundsNothing(PSLanguageMode mode)
    {
        await using var server = new ScriptedServer(async exchange =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1.2));
            await exchange.Reply(200, "OK", "late");
        });
        using var shell = Shell.Open(server, mode);
        var values = shell.Run("$t = New-ScriptSession @login -Timeout 1; $t.Timeout; Invoke-RemoteScript -Session $t -Raw -ScriptBlock { 1 }").NoErrors();
        Assert.Equal([1, "late"], values.Values);
    }
}
