using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Server;

/// <summary>Deliverable 2 of the issue: init, run, and an orderly end.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task InitWritesASecretOfSixtyFourCharactersForTheOwnerOnly()
    {
        await using var server = await TestServer.Start();
        Assert.Equal(64, server.Secret.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.ConfigFile));
    }

    [Fact]
    public async Task InitSaysWhatToDoNext()
    {
        await using var server = await TestServer.Start();
        Assert.Contains("run", server.InitOutput, StringComparison.Ordinal);
        Assert.Contains(server.DataFolder, server.InitOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoServersHaveDifferentSecretsAndPorts()
    {
        await using var first = await TestServer.Start();
        await using var second = await TestServer.Start();
        Assert.NotEqual(first.Secret, second.Secret);
        Assert.NotEqual(first.Uri, second.Uri);
        using var shell = Shell.Open(first);
        shell.Connect(second.Uri, first.Secret);
        Assert.Equal(false, shell.Run("Test-RemoteConnection -Session $s -Quiet").Value);
    }

    /// <summary>The ready line is the only one on standard output.</summary>
    [Fact]
    public async Task ReadyLineIsAllThatStandardOutputHolds()
    {
        await using var server = await TestServer.Start();
        using (var shell = Shell.Open(server))
        {
            shell.Remote("[Console]::WriteLine('noise'); 1").NoErrors();
        }

        await server.Stop();
        await server.Output.Ended.Within("standard output is closed");
        Assert.Equal(
            $"spe-server listening on {server.Uri.GetLeftPart(UriPartial.Authority)}", server.Output.Text.Trim());
    }

    /// <summary>
    /// The issue: shuts down on SIGTERM with held requests answered. Stopping checks exit code and workers.
    /// </summary>
    [Fact]
    public async Task HeldWaitIsAnsweredAtShutdown()
    {
        await using var server = await TestServer.Start();
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        var id = shell.StartJob(beacon.Around("Start-Sleep -Seconds 600"));
        using var job = await beacon.Arrival();
        var token = shell.Run(
            "New-Jwt -Algorithm HS256 -Issuer 'SPE Remoting' -Audience \"$uri\".TrimEnd('/') -Name $user -SecretKey $secret").OneObject().ToString();

        using var client = new HttpClient { Timeout = Deadline.Generous };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        // That the server holds the request shows in its line, which comes before the hold.
        var held = client.GetAsync(new Uri(server.Uri, $"/-/script/wait/?jobId={id}&timeoutSeconds=60"));
        await server.LogLine("action=waitRequestReceived");
        await server.Stop();

        using var reply = await held.Within("the held request is answered");
        Assert.Equal(200, (int)reply.StatusCode);
        using var body = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        Assert.Matches("^(Busy|Stopped|Failed)$", body.RootElement.GetProperty("status").GetString());
        await job.Ended.Within("the job is stopped with the server");
    }

    /// <summary>A folder that holds a configuration is not overwritten by a second init.</summary>
    [Fact]
    public async Task SecondInitKeepsTheSecret()
    {
        await using var server = await TestServer.Start();
        var before = await File.ReadAllTextAsync(server.ConfigFile);
        var (code, error) = await server.Init();
        Assert.NotEqual(0, code);
        Assert.NotEmpty(error.Trim());
        Assert.Equal(before, await File.ReadAllTextAsync(server.ConfigFile));
    }
}
