using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Text;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Tokens;

/// <summary>client-module.md 19: both commands decode, and verify nothing.</summary>
public sealed class ConvertFromJwtTests
{
    private const string Header = """{"alg":"HS256","typ":"JWT","kid":"key-1"}""";
    private const string Payload = """{"iss":"SPE Remoting","aud":["a"],"exp":2000000030,"admin":true,"note":null}""";

    [Theory, BothLanguages]
    public void HeaderIsTheFirstSegment(PSLanguageMode mode)
    {
        var header = Convert(Header, Payload, "ConvertFrom-JwtHeader $token", mode).OneObject();
        Assert.Equal(["alg=HS256", "typ=JWT", "kid=key-1"], header.Properties.Select(member => $"{member.Name}={member.Value}"));
    }

    /// <summary>Numbers are Int64, and an array of one element stays an array.</summary>
    [Theory, BothLanguages]
    public void PayloadIsTheSecondSegment(PSLanguageMode mode)
    {
        var payload = Convert(Header, Payload, "$token | ConvertFrom-JwtPayload", mode).OneObject();
        Assert.Equal("SPE Remoting", payload.Properties["iss"].Value);
        Assert.Equal(2000000030L, payload.Properties["exp"].Value);
        Assert.Equal(true, payload.Properties["admin"].Value);
        Assert.Null(payload.Properties["note"].Value);
        Assert.Equal("a", Assert.Single((IEnumerable)payload.Properties["aud"].Value));
    }

    [Theory]
    [InlineData("ConvertFrom-JwtHeader -Raw -Token $token", Header)]
    [InlineData("ConvertFrom-JwtPayload -AccessToken $token -Raw", Payload)]
    public void RawIsTheTextUntouched(string command, string expected) =>
        Assert.Equal(expected, Convert(Header, Payload, command).Value);

    /// <summary>Lengths of 0, 2 and 3 modulo 4, with characters that base64url spells in its own way.</summary>
    [Theory]
    [InlineData("{\"a\":\"??>>~~\"}")]
    [InlineData("{\"a\":\"??>>~~1\"}")]
    [InlineData("{\"a\":\"??>>~~12\"}")]
    [InlineData("{\"a\":\"\u00e9\u4e2d\"}")]
    public void EveryPaddingIsDecoded(string payload) =>
        Assert.Equal(payload, Convert(Header, payload, "ConvertFrom-JwtPayload $token -Raw").Value);

    /// <summary>A document that is no object comes as what it is.</summary>
    [Fact]
    public void ScalarsAndArraysAreReturnedAsSuch()
    {
        Assert.Equal(5L, Convert(Header, "5", "ConvertFrom-JwtPayload $token").Value);
        var values = Convert(Header, "[1,[2,3]]", "$all = ConvertFrom-JwtPayload $token; $all.Count; $all[1].Count").NoErrors().Values;
        Assert.Equal([2, 2], values);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "null or empty")]
    [InlineData("abc", "3-segment", "1")]
    [InlineData("a.b", "3-segment", "2")]
    [InlineData("a.b.c.d", "3-segment", "4")]
    [InlineData("abcde.abcd.x", "base64url")]
    [InlineData("ab=.abcd.x", "base64url")]
    [InlineData("a b.abcd.x", "base64url")]
    [InlineData("ab+/.abcd.x", "base64url")]
    [InlineData("_____w.abcd.x", "base64url")]
    [InlineData("bm90IGpzb24.abcd.x", "JSON")]
    public void WhatIsNoTokenEndsTheCommand(string token, params string[] fragments)
    {
        using var shell = Shell.Open();
        shell.Set("token", token);
        var result = shell.Run("ConvertFrom-JwtHeader $token; 'not reached'");
        var error = result.TerminatingError();
        Assert.All(fragments, fragment => Assert.Contains(fragment, error.ToString(), StringComparison.Ordinal));
        Assert.True(error.Exception is ArgumentException or ParameterBindingException, $"{error.Exception.GetType()}");
        Assert.Empty(result.Output);
    }

    /// <summary>A token is a secret: no message repeats a part of it.</summary>
    [Fact]
    public void TheTokenIsNotInTheError()
    {
        using var shell = Shell.Open();
        shell.Set("token", "c2VjcmV0LXBhcnQ.c2VjcmV0LXBhcnQ.c2lnbmF0dXJl");
        var text = shell.Run("ConvertFrom-JwtPayload $token").AllText();
        Assert.DoesNotContain("c2VjcmV0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-part", text, StringComparison.Ordinal);
        Assert.Contains("Spe.Remoting.InvalidToken", text, StringComparison.Ordinal);
    }

    /// <summary>A failing token ends the pipeline: those behind it are not decoded.</summary>
    [Fact]
    public void OneBadTokenEndsThePipeline()
    {
        using var shell = Shell.Open();
        shell.Set("good", Token(Header, Payload));
        var result = shell.Run("$good, 'bad', $good | ConvertFrom-JwtHeader -Raw");
        Assert.Single(result.Output);
        Assert.Contains("3-segment", result.TerminatingError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>JSON beyond any token is refused and does not end the process.</summary>
    [Fact]
    public void NestingWithoutEndIsRefused()
    {
        var error = Convert(Header, new string('[', 100_000), "ConvertFrom-JwtPayload $token").TerminatingError();
        Assert.Contains("JSON", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>What is longer than any token is refused by its length, and not taken apart.</summary>
    [Theory]
    [InlineData("ConvertFrom-JwtPayload ('a' * 1000001)")]
    [InlineData("ConvertFrom-JwtPayload ('.' * 1000001) -Raw")]
    public void TextWithoutEndIsRefused(string command)
    {
        using var shell = Shell.Open();
        Assert.Contains("has 1000001 characters", shell.Run(command).TerminatingError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>Sound JSON whose text is no text: an escape of half a pair of surrogates.</summary>
    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    public void HalfACharacterIsRefused(string payload)
    {
        var error = Convert(Header, payload, "ConvertFrom-JwtPayload $token").TerminatingError();
        Assert.StartsWith("Spe.Remoting.InvalidToken,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    /// <summary>What New-Jwt makes is read again.</summary>
    [Fact]
    public void TokensOfTheModuleAreRead()
    {
        using var shell = Shell.Open();
        shell.Set("secret", Secrets.Any);
        var payload = shell.Run("New-Jwt HS256 -Issuer i -Audience a -Name n -SecretKey $secret | ConvertFrom-JwtPayload").OneObject();
        Assert.Equal("n", payload.Properties["name"].Value);
    }

    private static ScriptResult Convert(
        string header, string payload, string command, PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        using var shell = Shell.Open(mode);
        shell.Set("token", Token(header, payload));
        return shell.Run(command);
    }

    private static string Token(string header, string payload) => $"{Encode(header)}.{Encode(payload)}.c2ln";

    private static string Encode(string text) =>
        System.Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
