using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>An API key of a server, made as an operator makes one.</summary>
internal sealed record ApiKey(string Id, string Secret)
{
    /// <summary>Makes a key that acts as the administrator, and waits until the server takes it.</summary>
    public static async Task<ApiKey> Add(TestServer server, string name, params string[] more)
    {
        var (code, output, error) = await server.Run(["client", "add", "--name", name, "--user", "admin", .. more]);
        Assert.True(code == 0, error);
        await server.ReadClientsAgain();
        return new ApiKey(Shown(output, "access key id"), Shown(output, "secret "));
    }

    private static string Shown(string output, string name) =>
        output.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
}
