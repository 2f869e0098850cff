using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>decisions.md, connection options: whom the client trusts and how it proves itself.</summary>
public sealed class TlsOptionTests
{
    private const string Call = "$t = New-ScriptSession @login -HttpOption $options; Invoke-RemoteScript -Session $t -Raw -ScriptBlock { 1 }";

    [Theory, BothLanguages]
    public async Task CertificateAuthorityIsTrusted(PSLanguageMode mode)
    {
        await using var fixture = new Fixture();
        using var shell = fixture.Open(mode);
        Assert.Equal("answer", shell.Run("$options = @{ CertificateAuthority = $pem }; " + Call).Value);
        Assert.Equal("answer", shell.Run("$options = [ordered]@{ certificateauthority = $der, $pem }; " + Call).Value);
    }

    /// <summary>A path is one of the location where the session was made, wherever it is used.</summary>
    [Fact]
    public async Task PathsAreThoseOfTheSessionsMaking()
    {
        await using var fixture = new Fixture();
        using var shell = fixture.Open();
        var result = shell.Run(
            "Set-Location $folder; $t = New-ScriptSession @login -HttpOption @{ CertificateAuthority = 'certificate.pem' }; Set-Location /; "
            + "Invoke-RemoteScript -Session $t -Raw -ScriptBlock { 1 }");
        Assert.Equal("answer", result.Value);
    }

    /// <summary>The issue: transport errors name the layer, TLS with the chain's reason and the way out.</summary>
    [Theory]
    [InlineData("127.0.0.1", 60, false, "CertificateAuthority of -HttpOption")]
    [InlineData("other.test", 60, true, "not for the name")]
    [InlineData("127.0.0.1", 10, true, "expired")]
    public async Task WhyACertificateIsRefusedIsSaid(string name, int days, bool trusted, string expected)
    {
        await using var fixture = new Fixture(name, days);
        using var shell = fixture.Open();
        shell.Set("trusted", trusted);
        var error = ErrorCatalogue.OnlyErrorOf(
            shell.Run("$options = if ($trusted) { @{ CertificateAuthority = $pem } } else { @{} }; " + Call));
        Assert.Equal("Spe.Remoting.TlsFailed", ErrorCatalogue.IdOf(error));
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Requests);
    }

    /// <summary>Every form of a client certificate reaches the server, PFX files as PKCS #8.</summary>
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "$client.Both")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "$client.Both")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "@{ Path = $client.Pem; KeyPath = $client.Key }")]
    [InlineData(PSLanguageMode.FullLanguage, "@{ Path = $client.Encrypted; Password = $password }")]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "@{ Path = $client.Pfx; Password = $password }")]
    [InlineData(PSLanguageMode.FullLanguage, "@{ Path = $client.Pfx; Password = $secure }")]
    [InlineData(PSLanguageMode.FullLanguage, "$client.Own")]
    public async Task ClientCertificateIsSent(PSLanguageMode mode, string value)
    {
        using var client = new TestCertificate("the-client");
        await using var fixture = new Fixture(wantsClient: true);
        using var shell = fixture.Open(mode);
        Set(shell, client);
        Assert.Equal("answer", shell.Run($"$options = @{{ CertificateAuthority = $pem; ClientCertificate = {value} }}; {Call}").Value);
        Assert.Equal("CN=the-client", fixture.Front.Connections.Last().Client);
    }

    [Fact]
    public async Task MissingClientCertificateIsNamed()
    {
        await using var fixture = new Fixture(wantsClient: true);
        using var shell = fixture.Open();
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run("$options = @{ CertificateAuthority = $pem }; " + Call));
        Assert.Contains("Spe.Remoting.", ErrorCatalogue.IdOf(error), StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Requests);
    }

    /// <summary>A value that cannot be used names its key, never what is secret of it.</summary>
    [Theory]
    [InlineData("@{ ClientCertificate = '/no/such/file.pem' }", "ClientCertificate")]
    [InlineData("@{ ClientCertificate = $client.Pem }", "ClientCertificate")]
    [InlineData("@{ ClientCertificate = @{ Path = $client.Pfx; Password = 'wrong-password' } }", "password")]
    [InlineData("@{ ClientCertificate = @{ Path = $client.Encrypted; Password = 'wrong-password' } }", "password")]
    [InlineData("@{ ClientCertificate = @{ Path = $client.Pem; KeyPath = $other.Key } }", "ClientCertificate")]
    [InlineData("@{ ClientCertificate = @{ File = $client.Pem } }", "File")]
    [InlineData("@{ ClientCertificate = 5 }", "ClientCertificate")]
    [InlineData("@{ CertificateAuthority = '/no/such/file.pem' }", "/no/such/file.pem")]
    [InlineData("@{ CertificateAuthority = $client.Key }", "CertificateAuthority")]
    [InlineData("@{ CertificateAuthority = '' }", "CertificateAuthority")]
    public void ValuesThatCannotBeUsedAreRefused(string options, string expected)
    {
        using var client = new TestCertificate("the-client");
        using var other = new TestCertificate("another");
        using var shell = Shell.Open();
        Set(shell, client);
        shell.Set("other", other);
        var result = shell.Run($"New-ScriptSession -ConnectionUri https://h.test -Username u -HttpOption {options}");
        var error = result.TerminatingError();
        Assert.StartsWith("Spe.Remoting.InvalidInput,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("HttpOption", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", result.AllText(), StringComparison.Ordinal);
    }

    /// <summary>Unchecked certificates are a warning once for a session, not once for a call, and never silent.</summary>
    [Theory, BothLanguages]
    public async Task SkippedCheckIsWarnedOfOncePerSession(PSLanguageMode mode)
    {
        await using var fixture = new Fixture("other.test");
        using var shell = fixture.Open(mode);
        var result = shell.Run(
            "$options = @{ SkipCertificateCheck = $true }; " + Call + "; Invoke-RemoteScript -Session $t -Raw -ScriptBlock { 2 }; Stop-ScriptSession -Session $t");
        Assert.Equal(["answer", "answer"], result.NoErrors().Values);
        Assert.Contains("SkipCertificateCheck", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Single(shell.Run(Call).Warnings);
    }

    /// <summary>HTTP/1.1 unless asked, since HTTP/2 drops the reason phrases of stock servers .</summary>
    [Theory]
    [InlineData("", "http/1.1")]
    [InlineData("HttpVersion = '1.1'", "http/1.1")]
    [InlineData("HttpVersion = 2", "h2")]
    public async Task HttpTwoIsOfferedWhenAskedFor(string option, string expected)
    {
        await using var fixture = new Fixture();
        using var shell = fixture.Open();

        // What answers speaks HTTP/1.1 only; what counts here is what was agreed on.
        shell.Run($"$options = @{{ CertificateAuthority = $pem; OperationTimeout = 5; {option} }}; {Call}");
        var protocol = fixture.Front.Connections.First().Protocol;
        Assert.True(expected == protocol || (expected == "http/1.1" && protocol.Length == 0), protocol);
    }

    private static void Set(Shell shell, TestCertificate client)
    {
        shell.Set("client", client);
        shell.Set("password", TestCertificate.Password);
        var secure = new System.Security.SecureString();
        foreach (var letter in TestCertificate.Password)
        {
            secure.AppendChar(letter);
        }

        shell.Set("secure", secure);
    }

    private sealed class Fixture : IAsyncDisposable
    {
        private readonly TestCertificate _certificate;

        public Fixture(string name = "127.0.0.1", int days = 60, bool wantsClient = false)
        {
            _certificate = new TestCertificate("the-server", name, days);
            Server = ScriptedServer.Replying(200, "OK", "answer");
            Front = new TlsFront(Server, _certificate.Own, wantsClient);
        }

        public ScriptedServer Server { get; }

        public TlsFront Front { get; }

        public Shell Open(PSLanguageMode mode = PSLanguageMode.FullLanguage)
        {
            var shell = Shell.Open(mode);
            shell.Connect(Front.Uri, Secrets.Any);
            shell.Set("pem", _certificate.Pem);
            shell.Set("der", _certificate.Der);
            shell.Set("folder", _certificate.Folder);
            return shell;
        }

        public async ValueTask DisposeAsync()
        {
            await Front.DisposeAsync();
            await Server.DisposeAsync();
            _certificate.Dispose();
        }
    }
}
