using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SPE.Tests.Harness;

namespace SPE.Tests.Docs;

/// <summary>A page of docs/commands, the source of the command's help.</summary>
internal sealed class CommandPage
{
    private readonly Dictionary<string, List<string>> _sections = [];

    public CommandPage(string command)
    {
        Command = command;
        File = Repository.File("docs", "commands", command + ".md");
        var section = _sections["Description"] = [];
        foreach (var line in System.IO.File.ReadAllLines(File))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = _sections[line[3..]] = [];
            }
            else
            {
                section.Add(line);
            }
        }

        // The title, the synopsis, and what follows.
        var paragraphs = Paragraphs("Description");
        Title = paragraphs[0];
        Synopsis = paragraphs[1];
        Description = [.. paragraphs.Skip(2)];
    }

    public string Command { get; }

    public string File { get; }

    public string Title { get; }

    public string Synopsis { get; }

    public IReadOnlyList<string> Description { get; }

    /// <summary>Rows of the table of parameters.</summary>
    public IEnumerable<ParameterRow> Parameters => _sections["Parameters"]
        .TakeWhile((line, index) => index < 2 || line.Length > 0)
        .Where(line => line.StartsWith("| `-", StringComparison.Ordinal))
        .Select(ParameterRow.Parse);

    /// <summary>The code of the syntax section.</summary>
    public string Syntax => string.Join('\n', _sections["Syntax"]).Trim();

    /// <summary>Titles of the examples, each with its code.</summary>
    public IEnumerable<(string Title, string Code)> Examples
    {
        get
        {
            var text = string.Join('\n', _sections["Examples"]);
            return text.Split("### ").Skip(1).Select(example =>
            {
                var parts = example.Split("```");
                return (parts[0].Trim(), parts[1]["powershell\n".Length..].TrimEnd());
            });
        }
    }

    public IReadOnlyList<string> Paragraphs(string section) =>
    [
        .. string.Join('\n', _sections[section]).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(paragraph => paragraph.Trim().Replace('\n', ' ')).Where(paragraph => paragraph.Length > 0),
    ];

    /// <summary>Writes the syntax into the page.</summary>
    public void WriteSyntax(string syntax)
    {
        var text = System.IO.File.ReadAllText(File);
        var start = text.IndexOf("## Syntax\n", StringComparison.Ordinal) + "## Syntax\n".Length;
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        System.IO.File.WriteAllText(File, $"{text[..start]}\n{syntax}\n{text[end..]}");
    }

    /// <summary>A parameter, as the page has it.</summary>
    internal sealed record ParameterRow(string Name, string[] Aliases, string Type, string Default, string Meaning)
    {
        public static ParameterRow Parse(string line)
        {
            var cells = line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim()).ToArray();
            var names = cells[0].Split('`').Where(part => part.StartsWith('-')).Select(part => part[1..]).ToArray();
            return cells.Length == 3
                ? new ParameterRow(names[0], names[1..], cells[1].TrimEnd(' ', '|'), "", cells[2])
                : new ParameterRow(names[0], names[1..], cells[1], cells[2], cells[3]);
        }
    }
}
