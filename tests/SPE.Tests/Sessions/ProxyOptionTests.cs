using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>decisions.md, connection options: Proxy.</summary>
public sealed class ProxyOptionTests
{
    private const string Call =
        "$t = New-ScriptSession -ConnectionUri http://no-such-host.invalid -Username u -Password p -HttpOption $options; "
        + "Invoke-RemoteScript -Session $t -Raw -ScriptBlock { 1 }";

    [Theory, BothLanguages]
    public async Task ProxyIsUsed(PSLanguageMode mode)
    {
        await using var proxy = ScriptedServer.Replying(200, "OK", "by way of the proxy");
        using var shell = Shell.Open(mode);
        shell.Set("proxy", proxy.Uri);
        Assert.Equal("by way of the proxy", shell.Run("$options = @{ Proxy = $proxy }; " + Call).Value);
        Assert.StartsWith("http://no-such-host.invalid/-/script/script/", Assert.Single(proxy.Requests).Target, StringComparison.Ordinal);
        Assert.Null(proxy.Requests[0].Header("Proxy-Authorization"));
    }

    /// <summary>User and password go to the proxy, and into no message.</summary>
    [Fact]
    public async Task CredentialsAreForTheProxy()
    {
        await using var proxy = ScriptedServer.Replying(407, "Proxy Authentication Required");
        using var shell = Shell.Open();
        shell.Set("proxy", $"{proxy.Uri}");
        shell.Set("login", Login());
        var result = shell.Run("$options = @{ proxy = @{ Uri = $proxy; Credential = $login } }; " + Call + " -Verbose");
        Assert.Equal("Basic cHJveHktdXNlcjpwcm94eS1wYXNzd29yZA==", Assert.Single(proxy.Requests).Header("Proxy-Authorization"));
        Assert.Contains("Proxy of -HttpOption", result.SingleError().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("proxy-password", result.AllText(), StringComparison.Ordinal);
    }

    /// <summary>For https the proxy makes a tunnel; where it refuses, it is named and the server's credential stays here.</summary>
    [Fact]
    public async Task RefusedTunnelNamesTheProxy()
    {
        await using var proxy = ScriptedServer.Replying(407, "Proxy Authentication Required");
        using var shell = Shell.Open();
        shell.Set("proxy", proxy.Uri);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run("$options = @{ Proxy = $proxy }; " + Call.Replace("http://", "https://", StringComparison.Ordinal)));
        Assert.Contains($"through the proxy {proxy.Uri.Authority}", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Proxy of -HttpOption", error.ToString(), StringComparison.Ordinal);
        var request = Assert.Single(proxy.Requests);
        Assert.Equal("CONNECT", request.Method);
        Assert.Null(request.Header("Authorization"));
    }

    [Fact]
    public void ProxyThatIsNotThereIsNamed()
    {
        using var shell = Shell.Open();
        shell.Set("proxy", Ports.Closed());
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run("$options = @{ Proxy = $proxy }; " + Call));
        Assert.Equal("Spe.Remoting.ConnectFailed", ErrorCatalogue.IdOf(error));
        Assert.Contains("through the proxy", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoneIsDirect()
    {
        await using var server = ScriptedServer.Replying(200, "OK", "directly");
        using var shell = Shell.Open(server);
        Assert.Equal(
            "directly",
            shell.Run("$t = New-ScriptSession @login -HttpOption @{ Proxy = 'none' }; Invoke-RemoteScript -Session $t -Raw -ScriptBlock { 1 }").Value);
    }

    [Theory]
    [InlineData("@{ Proxy = 'proxy.test' }", "Proxy")]
    [InlineData("@{ Proxy = 'socks5://proxy.test' }", "Proxy")]
    [InlineData("@{ Proxy = 'http://user:hidden-password@proxy.test' }", "Credential")]
    [InlineData("@{ Proxy = @{ Uri = 'http://proxy.test'; Credential = 'text' } }", "PSCredential")]
    [InlineData("@{ Proxy = @{ Address = 'http://proxy.test' } }", "Address")]
    [InlineData("@{ SkipCertificateCheck = 'false' }", "SkipCertificateCheck")]
    [InlineData("@{ HttpVersion = 3 }", "HttpVersion")]
    [InlineData("@{ ConnectTimeout = 0 }", "ConnectTimeout")]
    [InlineData("@{ OperationTimeout = 'soon' }", "OperationTimeout")]
    [InlineData("@{ Proxi = 'x' }", "ConnectTimeout, OperationTimeout, Proxy")]
    public void ValuesThatCannotBeUsedAreRefused(string options, string expected)
    {
        using var shell = Shell.Open();
        var result = shell.Run($"New-ScriptSession -ConnectionUri https://h.test -Username u -HttpOption {options}");
        Assert.Contains(expected, result.TerminatingError().ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Spe.Remoting.InvalidInput,", result.Terminating!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-password", result.AllText(), StringComparison.Ordinal);
    }

    private static PSCredential Login()
    {
        var password = new System.Security.SecureString();
        "proxy-password".ToList().ForEach(password.AppendChar);
        return new PSCredential("proxy-user", password);
    }
}
