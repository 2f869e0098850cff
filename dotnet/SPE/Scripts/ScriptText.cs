using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;
using System.Text;

namespace SPE.Scripts;

/// <summary>
/// The text of a script and the changes to be made to it. Positions are those of the text itself, parsed anew, so it does not
/// matter where a script block came from: a literal, a function or a text (client-module.md 10.3).
/// </summary>
internal sealed class ScriptText
{
    private readonly string _text;
    private readonly List<(int Start, int End, string Replacement)> _edits = [];

    public ScriptText(string text)
    {
        _text = text;
        Ast = Parser.ParseInput(text, out _, out _);
    }

    /// <summary>The text as it parses, errors or not: what is wrong with it the server tells.</summary>
    public ScriptBlockAst Ast { get; }

    /// <summary>Puts a text in the place of a part of the script.</summary>
    public void Replace(IScriptExtent extent, string replacement) =>
        _edits.Add((extent.StartOffset, extent.EndOffset, replacement));

    /// <summary>Puts a text before a position.</summary>
    public void Insert(int position, string text) => _edits.Add((position, position, text));

    /// <summary>
    /// Puts a statement before all others, behind what has to come first: a param block, or the brace of a named block.
    /// </summary>
    public void InsertFirst(string statement)
    {
        var named = new[] { Ast.BeginBlock, Ast.ProcessBlock, Ast.EndBlock }.FirstOrDefault(block => block is { Unnamed: false });
        if (named is not null)
        {
            Insert(_text.IndexOf('{', named.Extent.StartOffset) + 1, $" {statement}; ");
        }
        else if (Ast.ParamBlock is { } parameters)
        {
            Insert(parameters.Extent.EndOffset, $"\n{statement}\n");
        }
        else
        {
            Insert(0, statement + "\n");
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var result = new StringBuilder(_text.Length + 64);
        var position = 0;
        foreach (var (start, end, replacement) in _edits.OrderBy(edit => edit.Start).ThenBy(edit => edit.End))
        {
            result.Append(_text.AsSpan(position, start - position)).Append(replacement);
            position = end;
        }

        return result.Append(_text.AsSpan(position)).ToString();
    }
}
