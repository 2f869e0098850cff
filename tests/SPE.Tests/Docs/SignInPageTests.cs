using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>
/// Pages about signing in: every example runs on a real server, every request gets the reply that stands below it, and every command does
/// what it is there for.
/// </summary>
public sealed class SignInPageTests(OAuthServer oauth) : IClassFixture<OAuthServer>
{
    private const string Fence = "```";
    private const string PageServer = "https://spe.example.com";

    private const string PageFolder = "--folder /var/lib/spe-server";

    public static TheoryData<string, PSLanguageMode> Examples
    {
        get
        {
            var data = new TheoryData<string, PSLanguageMode>();
            foreach (var page in (string[])["remoting", "security/api-keys", "security/oauth", "security/restriction-profiles"])
            {
                data.Add(page, PSLanguageMode.FullLanguage);
                data.Add(page, PSLanguageMode.ConstrainedLanguage);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Examples))]
    public async Task EveryExampleAndRequestOfThePageIsTrue(string page, PSLanguageMode mode)
    {
        using var shell = Shell.Open(oauth.Server, mode);
        string[] policy = WritePolicies(page) is { } name ? ["--policy", name] : [];
        var key = await ApiKey.Add(oauth.Server, $"{page} {mode}", policy);
        shell.Set("keyId", key.Id);
        shell.Set("keySecret", key.Secret);
        var limited = await ApiKey.Add(oauth.Server, $"{page} {mode} limited", "--limit", "1", "--window", "3600");
        shell.Set("limitedId", limited.Id);
        shell.Set("limitedSecret", limited.Secret);
        shell.Set("token", oauth.Provider.Token("admin"));
        var blocks = Blocks(page).Where(block => block.Language is "powershell" or "http" or "").ToArray();
        Assert.Contains(blocks, block => block.Language == "powershell");
        for (var at = 0; at < blocks.Length; at++)
        {
            var (language, text) = blocks[at];
            if (language == "http")
            {
                Assert.Equal("", blocks[at + 1].Language);
                Compare(text, blocks[++at].Text.Split('\n'), await Send(text, (shell.Get("jwt") as PSObject)?.ToString() ?? shell.Get("jwt") as string));
            }
            else if (language == "powershell")
            {
                shell.Run(text.Replace(PageServer, Origin, StringComparison.Ordinal)).NoErrors();
            }
        }

        foreach (var (variable, error) in Failures(page))
        {
            var failure = shell.Run($"${variable}.FullyQualifiedErrorId").NoErrors().Value;
            Assert.StartsWith($"Spe.Remoting.{error}", failure?.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>The errors that examples of a page keep in variables.</summary>
    private static IEnumerable<(string Variable, string Error)> Failures(string page) => page switch
    {
        "remoting" => [("refused", "Unauthorized"), ("limited", "Throttled")],
        "security/restriction-profiles" => [("refused", "PolicyBlocked")],
        _ => [],
    };

    /// <summary>Commands in their order, on the folder of a server; one that reads a password gets one.</summary>
    [Theory]
    [InlineData("security/api-keys", 8)]
    [InlineData("security/oauth", 2)]
    [InlineData("authentication", 2)]
    [InlineData("security/restriction-profiles", 4)]
    public async Task EveryCommandOfThePageRuns(string page, int count)
    {
        var lines = Blocks(page).Where(block => block.Language == "sh").SelectMany(block => block.Text.Split('\n'));
        var commands = lines.Where(line => line.StartsWith("spe-server ", StringComparison.Ordinal) && !line.Contains(" run ")).ToArray();
        Assert.Equal(count, commands.Length);
        WritePolicies(page);
        var script = Path.Combine(oauth.Server.DataFolder, "script.ps1");
        await File.WriteAllTextAsync(script, Blocks(page).FirstOrDefault(block => block.Text.StartsWith("# script.ps1\n", StringComparison.Ordinal)).Text);
        foreach (var command in commands)
        {
            Assert.Contains(PageFolder, command, StringComparison.Ordinal);
            var words = Words(command.Replace(PageFolder, "", StringComparison.Ordinal)).Skip(1).Select(word => word == "script.ps1" ? script : word).ToArray();
            var (code, output, error) = await oauth.Server.RunWith("correct horse battery", words);
            Assert.True(code == 0, $"{command}\n{output}\n{error}");
        }
    }

    /// <summary>Writes the policy that a page shows, and gives its name.</summary>
    private string? WritePolicies(string page)
    {
        var file = Blocks(page).Select(block => block.Text).FirstOrDefault(text => text.StartsWith("# policies/", StringComparison.Ordinal));
        if (file is null)
        {
            return null;
        }

        var path = file.Split('\n')[0]["# ".Length..];
        File.WriteAllText(Path.Combine(oauth.Server.DataFolder, path), file);
        return Path.GetFileNameWithoutExtension(path);
    }

    /// <summary>The words of a line, as a shell takes it apart.</summary>
    private static IEnumerable<string> Words(string line) =>
        Regex.Matches(line, """'([^']*)'|"([^"]*)"|(\S+)""").Select(word => string.Concat(word.Groups.Values.Skip(1).Select(part => part.Value)));

    private string Origin => oauth.Server.Uri.GetLeftPart(UriPartial.Authority);

    private static IEnumerable<(string Language, string Text)> Blocks(string name)
    {
        var page = File.ReadAllText(Repository.File("docs", name + ".md"));
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
            .Replace("$jwt", jwt, StringComparison.Ordinal);
        var parts = text.Split("\n\n", 2);
        text = parts[0].Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\nConnection: close\r\n\r\n" + parts.ElementAtOrDefault(1);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
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
