using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using System.Xml.Linq;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>An identity provider on the loopback: it publishes one key and signs access tokens with it.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string Issuer = "https://idp.test";
    public const string Audience = "spe-remoting";

    /// <summary>The variable that switches access tokens on.</summary>
    public static readonly (string Name, string Value) SwitchedOn = ("SITECORE_SPE_OAUTH", "true");

    private const string KeyId = "key-1";
    private readonly RSA _key = RSA.Create(2048);
    private readonly ScriptedServer _server;

    public IdentityProvider() =>
        _server = ScriptedServer.Replying(200, "OK", Keys(), ("Content-Type", "application/json"));

    public Uri JwksUri => new(_server.Uri, "jwks");

    /// <summary>An access token for an account, good for some minutes.</summary>
    public string Token(string user)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = new Dictionary<string, object> { ["alg"] = "RS256", ["typ"] = "at+jwt", ["kid"] = KeyId };
        var payload = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = user,
            ["client_id"] = "build-agents-01",
            ["scope"] = "spe.remoting",
            ["iat"] = now,
            ["exp"] = now + 600,
            ["jti"] = Guid.NewGuid().ToString(),
        };
        var signed = $"{Encode(header)}.{Encode(payload)}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>What docs/security/oauth.md says to fill in, in the file that init wrote; all else stays as shipped.</summary>
    public void FillIn(TestServer server)
    {
        var file = Path.Combine(Path.GetDirectoryName(server.ConfigFile)!, "Spe.OAuthBearer.config");
        var config = XDocument.Load(file);
        XElement Element(string name) => Assert.Single(config.Descendants(name));
        Element("allowedIssuers").Add(new XElement("issuer", Issuer));
        Element("allowedAudiences").Add(new XElement("audience", Audience));
        Element("requiredScopes").Add(new XElement("scope", "spe.remoting"));
        Element("jwksUri").Value = JwksUri.ToString();
        Element("jwksUri").AddAfterSelf(new XElement("jwksAllowLoopbackHttp", "true"));
        config.Save(file);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    private static string Encode(Dictionary<string, object> members) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(members));

    private string Keys()
    {
        var key = _key.ExportParameters(includePrivateParameters: false);
        var members = new Dictionary<string, string>
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = KeyId,
            ["n"] = Base64Url.EncodeToString(key.Modulus),
            ["e"] = Base64Url.EncodeToString(key.Exponent),
        };
        return JsonSerializer.Serialize(new Dictionary<string, object> { ["keys"] = new[] { members } });
    }
}
