using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>docs/remoting.md: every example runs on a real server, and every request gets the reply that stands below it.</summary>
public sealed class RemotingPageTests(OAuthServer oauth) : IClassFixture<OAuthServer>
{
    private const string Fence = "```";
    private const string PageServer = "https://spe.example.com";

    [Theory, BothLanguages]
    public async Task EverythingOnThePageIsTrue(PSLanguageMode mode)
    {
        using var shell = Shell.Open(oauth.Server, mode);
        var key = await ApiKey.Add(oauth.Server, $"page {mode}");
        shell.Set("keyId", key.Id);
        shell.Set("keySecret", key.Secret);
        shell.Set("token", oauth.Provider.Token("admin"));
        var blocks = Blocks().ToArray();
        Assert.True(blocks.Length > 10, "The page has examples.");
        for (var at = 0; at < blocks.Length; at++)
        {
            var (language, text) = blocks[at];
            if (language == "http")
            {
                Assert.Equal("", blocks[at + 1].Language);
                Compare(text, blocks[++at].Text.Split('\n'), await Send(text, (shell.Get("jwt") as PSObject)?.ToString() ?? shell.Get("jwt") as string));
            }
            else
            {
                Assert.Equal("powershell", language);
                shell.Run(text.Replace(PageServer, Origin, StringComparison.Ordinal)).NoErrors();
            }
        }

        var refused = shell.Run("$refused.FullyQualifiedErrorId").NoErrors().Value;
        Assert.StartsWith("Spe.Remoting.Unauthorized", refused?.ToString(), StringComparison.Ordinal);
    }

    private string Origin => oauth.Server.Uri.GetLeftPart(UriPartial.Authority);

    private static IEnumerable<(string Language, string Text)> Blocks()
    {
        var page = File.ReadAllText(Repository.File("docs", "remoting.md"));
        foreach (var block in page.Split(Fence).Where((_, index) => index % 2 == 1))
        {
            var line = block.IndexOf('\n', StringComparison.Ordinal);
            yield return (block[..line], block[(line + 1)..].TrimEnd());
        }
    }

    /// <summary>The lines of the reply's head.</summary>
    private async Task<string[]> Send(string request, string? jwt)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(oauth.Server.Uri.Host, oauth.Server.Uri.Port);
        var text = request.Replace("spe.example.com", oauth.Server.Uri.Authority, StringComparison.Ordinal)
            .Replace("$jwt", jwt, StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var reply = await reader.ReadToEndAsync().Within("the reply");
        return reply.Split("\r\n\r\n")[0].Split("\r\n");
    }

    private static void Compare(string request, string[] expected, string[] head)
    {
        var shown = $"{request}\n\n{string.Join('\n', head)}";
        Assert.True(head[0].StartsWith($"HTTP/1.1 {expected[0]} ", StringComparison.Ordinal), shown);
        foreach (var line in expected.Skip(1))
        {
            var wanted = line.Contains(": ", StringComparison.Ordinal) ? line : line + ": ";
            Assert.True(head.Any(own => own.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)), $"{line} is not in\n{shown}");
        }
    }
}
