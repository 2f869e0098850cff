using System;
using System.Text;
using System.Text.Json;
using SPE.Native;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Native;

/// <summary>Tokens from the native library.</summary>
public sealed class JwtTests
{
    [Fact]
    public void EveryPartOfATokenArrives()
    {
        var token = NativeCalls.Client.NewJwt(new()
        {
            Algorithm = "HS512",
            Type = "type",
            KeyId = "kid-\u00e9",
            Issuer = "issuer-\U0001f642",
            Audience = "https://server.test",
            Name = "sitecore\\admin",
            ValidForSeconds = 60,
            SecretKey = Secrets.Any,
            ClientSessionId = "client-1",
            NotBefore = 1_700_000_000,
            IssuedAt = 1_700_000_001,
            Scope = "a b",
        }).Reply!;
        var header = Part(token, 0);
        Assert.Equal(("HS512", "type", "kid-\u00e9"), (Text(header, "alg"), Text(header, "typ"), Text(header, "kid")));
        var payload = Part(token, 1);
        Assert.Equal(("issuer-\U0001f642", "https://server.test"), (Text(payload, "iss"), Text(payload, "aud")));
        Assert.Equal(
            ("sitecore\\admin", "client-1", "a b"),
            (Text(payload, "name"), Text(payload, "client_session"), Text(payload, "scope")));
        Assert.Equal(1_700_000_000, payload.GetProperty("nbf").GetInt64());
        Assert.Equal(1_700_000_001, payload.GetProperty("iat").GetInt64());
    }

    [Fact]
    public void IssuedAtCanBeLeftOut()
    {
        var token = NativeCalls.Client.NewJwt(new()
        {
            Algorithm = "HS256",
            Issuer = "issuer",
            Audience = "audience",
            SecretKey = Secrets.Any,
            NoIssuedAt = true,
        }).Reply!;
        Assert.False(Part(token, 1).TryGetProperty("iat", out _));
    }

    [Fact]
    public void AlgorithmThatIsNoneIsInvalidInputWithoutTheSecret()
    {
        var failure = NativeCalls.Client.NewJwt(NativeCalls.Jwt("RS256")).Failure!;
        Assert.Equal(FailureKind.InvalidInput, failure.Kind);
        Assert.DoesNotContain(Secrets.Any, failure.Message, StringComparison.Ordinal);
    }

    private static JsonElement Part(string token, int index)
    {
        var part = token.Split('.')[index].Replace('-', '+').Replace('_', '/');
        var padded = part.PadRight((part.Length + 3) / 4 * 4, '=');
        return JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(padded))).RootElement;
    }

    private static string? Text(JsonElement part, string name) => part.GetProperty(name).GetString();
}
