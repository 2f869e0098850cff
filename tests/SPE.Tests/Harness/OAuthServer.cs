using System;
using System.Threading.Tasks;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>A server that takes the access tokens of an identity provider, as docs/security/oauth.md has it set up.</summary>
public sealed class OAuthServer : IAsyncLifetime, IAsyncDisposable
{
    internal IdentityProvider Provider { get; } = new();

    internal TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.Start(Provider.FillIn, IdentityProvider.SwitchedOn);

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
