using System;
using System.Management.Automation;
using System.Management.Automation.Language;
using SPE.Errors;

namespace SPE.Scripts;

/// <summary>
/// Looks values up in the caller's session state and nowhere else (CM-D-06): it sees the caller's locals, and what the caller
/// sees of the scopes around.
/// </summary>
internal sealed class UsingValues(SessionState caller, Action<string> tell)
{
    /// <summary>The expression without <c>$using:</c>, such as <c>x</c> or <c>list[1].Name</c>.</summary>
    public static string Expression(UsingExpressionAst found) => Root(found).VariablePath.UserPath + Chain(found);

    /// <summary>The same for expressions that have the same value: the case of a variable's name does not matter.</summary>
    public static string Identity(UsingExpressionAst found) =>
        Root(found).VariablePath.UserPath.ToUpperInvariant() + Chain(found);

    /// <summary>The value of the expression here.</summary>
    public object? Evaluate(UsingExpressionAst found)
    {
        tell($"Searching the caller's session for the variable {Root(found).VariablePath.UserPath} of {found.Extent.Text}");
        var value = Lookup(Root(found).VariablePath, found);
        var chain = Chain(found);
        if (chain.Length == 0)
        {
            return value;
        }

        // The parser lets only properties and constant indexes into a using expression, so this runs no code of the script.
        // The comma keeps a list in one piece.
        var block = ScriptBlock.Create($"param($__using) , ($__using{chain})");
        var result = caller.InvokeCommand.InvokeScript(useLocalScope: true, block, input: null, value);
        return result.Count == 0 ? null : result[0];
    }

    public static RuntimeException Failure(string id, string message)
    {
        var record = new ErrorRecord(new RemotingException(message), id, ErrorCategory.InvalidArgument, targetObject: null);
        return new RuntimeException(message, record.Exception, record);
    }

    /// <summary>What stands behind the variable: properties and indexes, or nothing.</summary>
    private static string Chain(UsingExpressionAst found) =>
        found.SubExpression.Extent.Text[Root(found).Extent.Text.Length..];

    private static VariableExpressionAst Root(UsingExpressionAst found)
    {
        ExpressionAst node = found.SubExpression;
        while (node is not VariableExpressionAst)
        {
            node = node switch
            {
                MemberExpressionAst member => member.Expression,
                IndexExpressionAst index => index.Target,
                _ => throw Failure(ErrorIds.UsingNotPossible, $"{found.Extent.Text} is not a variable, a property or an element."),
            };
        }

        return (VariableExpressionAst)node;
    }

    private object? Lookup(VariablePath path, UsingExpressionAst found)
    {
        if (path.IsDriveQualified)
        {
            return caller.PSVariable.GetValue(path.UserPath) ?? throw Missing(path, found);
        }

        var variable = caller.PSVariable.Get(path.UserPath) ?? throw Missing(path, found);
        return variable.Value;
    }

    private static RuntimeException Missing(VariablePath path, UsingExpressionAst found) => Failure(
        ErrorIds.UsingVariableMissing,
        $"The variable ${path.UserPath} has not been set here, so {found.Extent.Text} has no value to send.");
}
