using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SPE.Native;
using SPE.Tests.Harness;
using Xunit;
using Bindings = SPE.Native.Bindings;

namespace SPE.Tests.Native;

/// <summary>architecture.md 3: errors cross as data.</summary>
public sealed class FailureTests
{
    public static TheoryData<string> Kinds => [.. Enum.GetNames<FailureKind>()];

    [Fact]
    public async Task EveryPartOfAFailureComesBack()
    {
        await using var server = ScriptedServer.Replying(
            403,
            "No such luck",
            """{"error":"\u20ac"}""",
            ("Content-Type", "application/json"),
            ("X-SPE-Restriction", "policy-blocked"),
            ("X-SPE-BlockedCommand", "Remove-Item"),
            ("X-SPE-Policy", "read-only"),
            ("X-SPE-AuthFailureReason", "reason"),
            ("Retry-After", "17"),
            ("X-RateLimit-Limit", "60"),
            ("X-SPE-RequestId", "rid-1"));
        var failure = NativeCalls.Run(NativeCalls.Script(server.Uri, "'x'")).Failure!;
        Assert.Equal(FailureKind.PolicyBlocked, failure.Kind);
        Assert.Contains("read-only", failure.Message, StringComparison.Ordinal);
        Assert.Equal((403, "No such luck"), (failure.Status, failure.ReasonPhrase));
        Assert.Equal(("""{"error":"\u20ac"}""", true), (failure.Body, failure.BodyIsJson));
        Assert.Equal(
            ("policy-blocked", "Remove-Item", "read-only"),
            (failure.Restriction, failure.BlockedCommand, failure.Policy));
        Assert.Equal("reason", failure.AuthFailureReason);
        Assert.Equal(("17", "60", "rid-1"), (failure.RetryAfter, failure.RateLimit, failure.RequestId));
    }

    /// <summary>Each kind is an error id of its own, so none may turn into another on its way.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKindStaysItself(string name)
    {
        var kind = (Bindings.FailureKind)typeof(Bindings.FailureKind).GetProperty(name)!.GetValue(null)!;
        using var wire = Bindings.WireOfJwtOutcome.From(Bindings.JwtOutcome.Failed(FailureOf(kind)));
        Assert.Equal(Enum.Parse<FailureKind>(name), wire.Unwire().ToManaged().Failure?.Kind);
    }

    /// <summary>A kind the other side has and this one does not would read as a fault of ours.</summary>
    [Fact]
    public void BothSidesHaveTheSameKinds() => Assert.Equal(
        Enum.GetNames<FailureKind>().Order(),
        typeof(Bindings.FailureKind).GetProperties()
            .Where(property => property.PropertyType == typeof(Bindings.FailureKind))
            .Select(property => property.Name).Order());

    [Fact]
    public void NotAUriIsInvalidInput()
    {
        var call = NativeCalls.Script(new Uri("no/uri", UriKind.Relative), "'x'");
        Assert.Equal(FailureKind.InvalidInput, NativeCalls.Run(call).Failure?.Kind);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void BoundThatIsNoTimeIsInvalidInput(double seconds)
    {
        var target = new Target
        {
            BaseUri = new Uri("http://127.0.0.1"),
            Credential = new(),
            SessionId = "session-1",
            CookieJar = Guid.Empty,
            OperationTimeoutSeconds = seconds,
        };
        var failure = NativeCalls.Client.Test(target, static _ => { }, CancellationToken.None).Failure;
        Assert.Equal(FailureKind.InvalidInput, failure?.Kind);
    }

    private static Bindings.Failure FailureOf(Bindings.FailureKind kind) => new()
    {
        kind = kind,
        message = "",
        status = 0,
        reason_phrase = "",
        body = "",
        body_is_json = false,
        restriction = "",
        blocked_command = "",
        policy = "",
        auth_failure_reason = "",
        retry_after = "",
        rate_limit = "",
        request_id = "",
    };
}
