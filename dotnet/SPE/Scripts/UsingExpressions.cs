using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using SPE.Errors;

namespace SPE.Scripts;

/// <summary>
/// Takes <c>$using:</c> out of a script: each distinct expression is evaluated here, as PowerShell remoting does, and sent as
/// an argument; in the text stands the argument instead (client-module.md 10).
/// </summary>
internal sealed class UsingExpressions(UsingValues values, IDictionary arguments, bool asVariables)
{
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <summary>Whether a text can hold one at all.</summary>
    public static bool MayBeIn(string text) => text.Contains("using:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Rewrites the script and adds the values to the arguments.</summary>
    /// <exception cref="RuntimeException">A value does not exist here.</exception>
    public void Rewrite(ScriptText script)
    {
        var all = script.Ast.FindAll(node => node is UsingExpressionAst, searchNestedScriptBlocks: true);
        foreach (var found in all.Cast<UsingExpressionAst>())
        {
            var key = KeyOf(found);
            if (found.SubExpression is VariableExpressionAst { Splatted: true })
            {
                Splat(script, found, key);
            }
            else
            {
                var reference = asVariables ? $"${key}" : $"$params.{key}";
                script.Replace(found.Extent, found.Parent is ExpandableStringExpressionAst ? $"$({reference})" : reference);
            }
        }
    }

    private string KeyOf(UsingExpressionAst found)
    {
        var identity = UsingValues.Identity(found);
        if (!_keys.TryGetValue(identity, out var key))
        {
            key = Unused(UsingValues.Expression(found));
            _keys.Add(identity, key);
            arguments.Add(key, values.Evaluate(found));
        }

        return key;
    }

    /// <summary>
    /// Only variables can be splatted, so the argument becomes one, in front of the outermost statement it is used in.
    /// </summary>
    private void Splat(ScriptText script, UsingExpressionAst found, string key)
    {
        script.Replace(found.Extent, $"@{key}");
        if (!asVariables)
        {
            script.Insert(StatementOf(found).Extent.StartOffset, $"${key} = $params.{key}; ");
        }
    }

    private static Ast StatementOf(UsingExpressionAst found)
    {
        Ast? outermost = null;
        for (Ast node = found; node.Parent is not null; node = node.Parent)
        {
            if (node is StatementAst and not UsingStatementAst && node.Parent is NamedBlockAst)
            {
                outermost = node;
            }
        }

        return outermost ?? throw UsingValues.Failure(
            ErrorIds.UsingNotPossible,
            $"{found.Extent.Text} cannot be splatted in a param block.");
    }

    /// <summary>A legal name that neither the caller's arguments nor another expression has.</summary>
    private string Unused(string expression)
    {
        var name = new StringBuilder("__using_");
        foreach (var character in expression)
        {
            name.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }

        var key = name.ToString();
        for (var number = 2; arguments.Contains(key); number++)
        {
            key = $"{name}_{number}";
        }

        return key;
    }
}
