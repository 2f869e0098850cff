using System;
using System.Linq;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Tokens;

/// <summary>client-module.md 18 and the golden vectors of wire-protocol.md Appendix A.</summary>
public sealed class NewJwtTests
{
    private const string ConfigToken =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjIwMDAwMDAwMzAsImF1ZCI6Imh0dHBzOi8vY20uZXhhbXBsZS50ZXN0IiwibmFtZSI6InNpdGVjb3JlXFxzdmMtc3BlIiwiaWF0IjoyMDAwMDAwMDAwfQ.RSuJ-MdzBjOFV7jiLQximN_3dIxY7KM0eVYfbWeUTvY";

    private const string KeyToken =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InNwZV8wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1NjcifQ.eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjIwMDAwMDAwMzAsImF1ZCI6Imh0dHBzOi8vY20uZXhhbXBsZS50ZXN0IiwiaWF0IjoyMDAwMDAwMDAwfQ.Acfy56zCexrrgJueRjQy_g_hMuLSuo_9mYT06sC0sy4";

    private const string Required = "New-Jwt -Algorithm HS256 -Issuer i -Audience a -SecretKey $secret ";

    /// <summary>
    /// The cmdlet counts exp from now, so the vectors' fixed one is asked for as a distance that is tried again when a
    /// second passes.
    /// </summary>
    [Theory]
    [InlineData(PSLanguageMode.FullLanguage, "-Name 'sitecore\\svc-spe'", ConfigToken)]
    [InlineData(PSLanguageMode.ConstrainedLanguage, "-Name 'sitecore\\svc-spe'", ConfigToken)]
    [InlineData(PSLanguageMode.FullLanguage, "-KeyId spe_0123456789abcdef01234567", KeyToken)]
    public void GoldenVectorIsReproduced(PSLanguageMode mode, string arguments, string expected)
    {
        using var shell = OpenShell(mode);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            shell.Set("distance", 2000000030 - now);
            var token = shell.Run(
                $"New-Jwt -Algorithm HS256 -Issuer 'SPE Remoting' -Audience https://cm.example.test -SecretKey $secret -IssuedAt 2000000000 -ValidForSeconds $distance {arguments}").OneObject();
            if (DateTimeOffset.UtcNow.ToUnixTimeSeconds() == now)
            {
                Assert.Equal(expected, token.BaseObject);
                return;
            }
        }

        Assert.Fail("Every attempt fell on a change of the second.");
    }

    /// <summary>client-module.md 18: position of each parameter.</summary>
    [Fact]
    public void PositionsAreThoseOfTheSpecification()
    {
        using var shell = OpenShell();
        var token = shell.Run("New-Jwt HS256 JWT the-issuer the-audience the-name the-key 60 $secret the-session 1700000001 1700000002").OneObject().ToString();
        using var header = Decode(token, 0);
        using var payload = Decode(token, 1);
        Assert.Equal("the-key", header.RootElement.GetProperty("kid").GetString());
        Assert.Equal("the-issuer", payload.RootElement.GetProperty("iss").GetString());
        Assert.Equal("the-audience", payload.RootElement.GetProperty("aud").GetString());
        Assert.Equal("the-name", payload.RootElement.GetProperty("name").GetString());
        Assert.Equal("the-session", payload.RootElement.GetProperty("client_session").GetString());
        Assert.Equal(1700000001, payload.RootElement.GetProperty("nbf").GetInt64());
        Assert.Equal(1700000002, payload.RootElement.GetProperty("iat").GetInt64());
    }

    /// <summary>
    /// client-module.md 18: which members there are, and their order; Q-2: scope comes last, joined by spaces.
    /// </summary>
    [Theory]
    [InlineData("", "iss exp aud iat")]
    [InlineData("-Name n", "iss exp aud name iat")]
    [InlineData("-NoIssuedAt", "iss exp aud")]
    [InlineData("-NoIssuedAt -IssuedAt 5", "iss exp aud iat")]
    [InlineData("-NotBefore 5", "iss exp aud iat nbf")]
    [InlineData("-Name n -ClientSessionId c -NotBefore 5 -Scope x", "iss exp aud name client_session iat nbf scope")]
    public void PayloadHasItsMembersInOrder(string arguments, string expected)
    {
        using var shell = OpenShell();
        using var payload = Decode(shell.Run(Required + arguments).OneObject().ToString(), 1);
        Assert.Equal(expected, string.Join(' ', payload.RootElement.EnumerateObject().Select(member => member.Name)));
    }

    [Theory, BothLanguages]
    public void ScopesAreJoinedBySpaces(PSLanguageMode mode)
    {
        using var shell = OpenShell(mode);
        using var payload = Decode(shell.Run(Required + "-Scope read, write").OneObject().ToString(), 1);
        Assert.Equal("read write", payload.RootElement.GetProperty("scope").GetString());
    }

    /// <summary>client-module.md 18: expired tokens can be made, for tests.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-100)]
    [InlineData(3600)]
    public void ValidityMayBeAnyDistance(int seconds)
    {
        using var shell = OpenShell();
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var payload = Decode(shell.Run(Required + $"-ValidForSeconds {seconds}").OneObject().ToString(), 1);
        Assert.InRange(
            payload.RootElement.GetProperty("exp").GetInt64(),
            before + seconds,
            DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds);
    }

    /// <summary>The signature is the HMAC over the first two parts, keyed with the UTF-8 bytes of the secret.</summary>
    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("hs512")]
    public void SignatureIsOfTheAlgorithm(string algorithm)
    {
        using var shell = OpenShell();
        const string Key = "\u00e9\u4e16 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        shell.Set("secret", Key);
        shell.Set("algorithm", algorithm);
        var token = shell.Run(
            "New-Jwt -Algorithm $algorithm -Issuer i -Audience a -SecretKey $secret").OneObject().ToString();
        using var header = Decode(token, 0);
        Assert.Equal(algorithm.ToUpperInvariant(), header.RootElement.GetProperty("alg").GetString());

        var data = Encoding.UTF8.GetBytes(token[..token.LastIndexOf('.')]);
        var key = Encoding.UTF8.GetBytes(Key);
        var expected = algorithm.ToUpperInvariant() switch
        {
            "HS256" => HMACSHA256.HashData(key, data),
            "HS384" => HMACSHA384.HashData(key, data),
            _ => HMACSHA512.HashData(key, data),
        };
        Assert.Equal(expected, Bytes(token.Split('.')[2]));
    }

    [Fact]
    public void ValuesAreEscapedAsJson()
    {
        using var shell = OpenShell();
        shell.Set("name", "quote \" backslash \\ \u00e9\n");
        using var payload = Decode(shell.Run(Required + "-Name $name").OneObject().ToString(), 1);
        Assert.Equal("quote \" backslash \\ \u00e9\n", payload.RootElement.GetProperty("name").GetString());
    }

    /// <summary>decisions.md, connection options: S stays short for SecretKey although Scope came later.</summary>
    [Fact]
    public void AbbreviationOfSecretKeyStays()
    {
        using var shell = OpenShell();
        shell.Run("New-Jwt -Algorithm HS256 -Issuer i -Audience a -S $secret").OneObject();
    }

    [Theory]
    [InlineData("New-Jwt -Algorithm none -Issuer i -Audience a -SecretKey $secret")]
    [InlineData("New-Jwt -Algorithm RS256 -Issuer i -Audience a -SecretKey $secret")]
    [InlineData("New-Jwt -Algorithm HS256 -Issuer i -Audience a -SecretKey ''")]
    public void WrongParametersAreErrorsWithoutTheSecret(string script)
    {
        using var shell = OpenShell();
        var error = shell.Run(script).TerminatingError();
        Assert.DoesNotContain(Secrets.Any, error.ToString(), StringComparison.Ordinal);
    }

    private static Shell OpenShell(PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = Shell.Open(mode);
        shell.Set("secret", Secrets.Any);
        return shell;
    }

    private static JsonDocument Decode(string token, int part) => JsonDocument.Parse(Bytes(token.Split('.')[part]));

    private static byte[] Bytes(string part) =>
        Convert.FromBase64String(part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '='));
}
