using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using SPE.Tests.Harness;

namespace SPE.Tests.Docs;

/// <summary>A page of docs/about, the source of an about topic.</summary>
internal sealed class AboutPage(string topic)
{
    private const string Fence = "```";

    private readonly string[] _lines = File.ReadAllLines(Repository.File("docs", "about", topic + ".md"));

    /// <summary>The names of all topics.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.File("docs", "about"), "about_*.md").Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The code on the page, block by block.</summary>
    public IEnumerable<string> Examples => string.Join('\n', _lines).Split(Fence).Where((_, index) => index % 2 == 1)
        .Select(block => block["powershell\n".Length..].TrimEnd());

    /// <summary>The page as plain text: headings in capitals, code indented, no marks.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var isCode = false;
        foreach (var line in _lines)
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                isCode = !isCode;
                continue;
            }

            var plain = isCode ? "    " + line
                : line.StartsWith("# ", StringComparison.Ordinal) ? $"TOPIC\n    {line[2..]}"
                : line.StartsWith("## ", StringComparison.Ordinal) ? line[3..]
                : line.Length == 0 ? "" : "    " + line.Replace("`", "", StringComparison.Ordinal);
            text.Append(plain.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
