using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SPE.Tests.Docs;

/// <summary>Makes the help file of the module of its pages and of what the commands are.</summary>
internal static partial class HelpFile
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Commands = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Sections that the help has as notes.</summary>
    private static readonly string[] Notes = ["Errors", "Cancellation"];

    public static string Of(IEnumerable<(CmdletInfo Command, CommandPage Page)> commands)
    {
        var root = new XElement("helpItems", new XAttribute("schema", "maml"), commands.Select(pair => Command(pair.Command, pair.Page)));
        var document = new XDocument(
            new XComment(" Written from docs/commands: SPE_WRITE_DOCS=1 and the tests of CommandPageTests write it anew "), root);
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{document.ToString().ReplaceLineEndings("\n")}\n";
    }

    /// <summary>The syntax of a command, as a page shows it.</summary>
    public static string Syntax(CommandInfo command)
    {
        var lines = command.ParameterSets.OrderByDescending(set => set.IsDefault).ThenBy(set => set.Name, StringComparer.Ordinal)
            .Select(set => $"{command.Name} {set}".Trim());
        return $"```powershell\n{string.Join('\n', lines)}\n```";
    }

    private static XElement Command(CmdletInfo command, CommandPage page) => new(
        Commands + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Commands),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Commands + "details",
            new XElement(Commands + "name", command.Name),
            new XElement(Commands + "verb", command.Verb),
            new XElement(Commands + "noun", command.Noun),
            new XElement(Maml + "description", Para(page.Synopsis))),
        new XElement(Maml + "description", page.Description.Select(Para)),
        new XElement(Commands + "syntax", command.ParameterSets.OrderByDescending(set => set.IsDefault).ThenBy(
            set => set.Name, StringComparer.Ordinal).Select(set => SyntaxItem(command, set, page))),
        new XElement(Commands + "parameters", page.Parameters.Select(row => Parameter(command, null, row))),
        new XElement(Commands + "returnValues", new XElement(
            Commands + "returnValue",
            new XElement(Dev + "type", new XElement(Maml + "name", string.Join(", ", command.OutputType.Select(type => type.Type?.Name ?? type.Name)))),
            new XElement(Maml + "description", page.Paragraphs("Output").Select(Para)))),
        new XElement(Maml + "alertSet", Notes.Select(section =>
            new XElement(Maml + "alert", page.Paragraphs(section).Select(Para)))),
        new XElement(Commands + "examples", page.Examples.Select(example => new XElement(
            Commands + "example",
            new XElement(Maml + "title", example.Title),
            new XElement(Dev + "code", example.Code)))));

    private static XElement SyntaxItem(CmdletInfo command, CommandParameterSetInfo set, CommandPage page) => new(
        Commands + "syntaxItem",
        new XElement(Maml + "name", command.Name),
        page.Parameters.Where(row => set.Parameters.Any(parameter => parameter.Name == row.Name)).Select(row => Parameter(command, set, row)));

    private static XElement Parameter(CmdletInfo command, CommandParameterSetInfo? set, CommandPage.ParameterRow row)
    {
        var info = (set is null ? command.ParameterSets : [set]).SelectMany(one => one.Parameters).First(one => one.Name == row.Name);
        return new XElement(
            Commands + "parameter",
            new XAttribute("required", info.IsMandatory ? "true" : "false"),
            new XAttribute("globbing", "false"),
            new XAttribute("pipelineInput", Pipeline(info)),
            new XAttribute("position", info.Position >= 0 ? $"{info.Position}" : "named"),
            new XAttribute("aliases", string.Join(", ", row.Aliases)),
            new XElement(Maml + "name", row.Name),
            new XElement(Maml + "description", Para(row.Meaning)),
            row.Type == "SwitchParameter" ? null : new XElement(
                Commands + "parameterValue", new XAttribute("required", "true"), row.Type),
            row.Default.Length == 0 || row.Default == "off" ? null : new XElement(Dev + "defaultValue", row.Default));
    }

    private static string Pipeline(CommandParameterInfo parameter) => (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "true (ByValue, ByPropertyName)",
        (true, false) => "true (ByValue)",
        (false, true) => "true (ByPropertyName)",
        _ => "false",
    };

    /// <summary>A paragraph without the marks of the page's language.</summary>
    private static XElement Para(string text) => new(Maml + "para", Link().Replace(text, "$1").Replace("`", "", StringComparison.Ordinal));

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();
}
