using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Failures;

/// <summary>client-module.md 8.6 and 8.7: what the server refuses, and how often it is asked again.</summary>
public sealed class RefusalTests
{
    private const string Call = "Invoke-RemoteScript -Session $s -Raw -ScriptBlock { 1 } ";

    /// <summary>E1, with CM-D-19: each reason has a text of its own.</summary>
    [Theory]
    [InlineData("expired", "expired")]
    [InlineData("disabled", "disabled")]
    [InlineData("replay", "already")]
    [InlineData("invalid", "")]
    [InlineData("", "")]
    public async Task Unauthorized(string reason, string text)
    {
        await using var server = ScriptedServer.Replying(401, "Unauthorized", "", ("X-SPE-AuthFailureReason", reason));
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Call));
        Assert.Equal(ErrorCategory.AuthenticationError, error.CategoryInfo.Category);
        Assert.Contains(text, error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Single(server.Requests);
    }

    /// <summary>E2 and E3: the blocked command and the policy are named.</summary>
    [Theory]
    [InlineData("command-blocked", "CommandBlocked")]
    [InlineData("policy-blocked", "PolicyRestriction")]
    public async Task BlockedByPolicy(string restriction, string reason)
    {
        await using var server = ScriptedServer.Replying(
            403,
            "Forbidden",
            "",
            ("X-SPE-Restriction", restriction),
            ("X-SPE-BlockedCommand", "Remove-Item"),
            ("X-SPE-Policy", "read-only"));
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Call));
        Assert.Equal(ErrorCategory.SecurityError, error.CategoryInfo.Category);
        Assert.Equal(reason, error.CategoryInfo.Reason);
        Assert.Contains("Remove-Item", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>decisions.md Q-10: X-SPE-Profile is a synonym of X-SPE-Policy.</summary>
    [Fact]
    public async Task ProfileIsASynonymOfPolicy()
    {
        await using var server = ScriptedServer.Replying(
            403,
            "Forbidden",
            "",
            ("X-SPE-Restriction", "policy-blocked"),
            ("X-SPE-BlockedCommand", "Remove-Item"),
            ("X-SPE-Profile", "read-only"));
        using var shell = Shell.Open(server);
        Assert.Contains("read-only", ErrorCatalogue.OnlyErrorOf(shell.Run(Call)).ToString(), StringComparison.Ordinal);
    }

    /// <summary>E4 and E5 without retries: exactly one request.</summary>
    [Theory]
    [InlineData(429, ErrorCategory.LimitsExceeded, "Rate limit exceeded")]
    [InlineData(503, ErrorCategory.ConnectionError, "503")]
    public async Task RetryIsOffByDefault(int status, ErrorCategory category, string text)
    {
        await using var server = ScriptedServer.Replying(status, "Later", "", ("Retry-After", "1"));
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Call));
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(text, error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    /// <summary>client-module.md 24: one retry sends two requests; CM-D-08: each with a token of its own.</summary>
    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task RetrySendsAgainWithANewToken(int status)
    {
        await using var server = new ScriptedServer(exchange => exchange.Index == 0
            ? exchange.Reply(status, "Later", "", ("Retry-After", "1"))
            : exchange.Reply(200, "OK", "answer"));
        using var shell = Shell.Open(server);
        Assert.Equal("answer", shell.Run(Call + "-MaxRetries 1").Value);
        Assert.Equal(2, server.Requests.Select(request => request.Header("Authorization")).Distinct().Count());
        Assert.Single(server.Requests.Select(request => request.Text).Distinct());
    }

    /// <summary>client-module.md 24: a huge Retry-After of a 503 is cut to 10 seconds.</summary>
    [Fact]
    public async Task HugeRetryAfterIsBounded()
    {
        await using var server = new ScriptedServer(exchange => exchange.Index switch
        {
            0 => exchange.Reply(503, "Later", "", ("Retry-After", "999999999999999999999")),
            1 => exchange.Reply(503, "Later", "", ("Retry-After", "9999")),
            _ => exchange.Reply(200, "OK", "answer"),
        });
        using var shell = Shell.Open(server);
        Assert.Equal("answer", shell.Run(Call + "-MaxRetries 2").Value);
    }

    [Fact]
    public async Task RetriesEndWithTheError()
    {
        await using var server = ScriptedServer.Replying(
            429, "Too Many Requests", "", ("Retry-After", "1"), ("X-RateLimit-Limit", "60"));
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Call + "-MaxRetries 1"));
        Assert.Contains("60", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    /// <summary>client-module.md 8.8: a retry is told in verbose.</summary>
    [Fact]
    public async Task RetryIsToldInVerbose()
    {
        await using var server = new ScriptedServer(exchange => exchange.Index == 0
            ? exchange.Reply(429, "Later", "", ("Retry-After", "1"))
            : exchange.Reply(200, "OK", "answer"));
        using var shell = Shell.Open(server);
        var result = shell.Run(Call + "-MaxRetries 1 -Verbose").NoErrors();
        Assert.Contains(
            result.Verbose,
            line => line.Contains("429", StringComparison.Ordinal) && line.Contains('1', StringComparison.Ordinal));
    }

    /// <summary>client-module.md 8.8: rate limit headers of a success.</summary>
    [Fact]
    public async Task RateLimitOfASuccessIsToldInVerbose()
    {
        await using var server = ScriptedServer.Replying(
            200, "OK", "answer", ("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "59"));
        using var shell = Shell.Open(server);
        var result = shell.Run(Call + "-Verbose");
        Assert.Contains(result.Verbose, line =>
            line.Contains("X-RateLimit-Limit=60", StringComparison.Ordinal)
            && line.Contains("X-RateLimit-Remaining=59", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    public void RetriesOutOfRangeAreAParameterError(int retries)
    {
        using var shell = Shell.Open();
        shell.Connect(Ports.Closed(), Secrets.Any);
        Assert.IsAssignableFrom<ParameterBindingException>(
            shell.Run(Call + $"-MaxRetries {retries}").TerminatingError().Exception);
    }
}
