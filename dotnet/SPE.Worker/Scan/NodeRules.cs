using System;
using System.Collections.Generic;
using System.Management.Automation.Language;

namespace SPE.Worker.Scan;

/// <summary>Which nodes of a syntax tree a script under a policy may have. What is not here is refused.</summary>
/// <param name="allowed">The commands.</param>
/// <param name="functions">Those that the script defines.</param>
/// <param name="hasErrors">It does not parse, which the run will say: it never begins.</param>
internal sealed class NodeRules(AllowedCommands allowed, IReadOnlySet<string> functions, bool hasErrors)
{
    private static readonly HashSet<string> Bound = new(StringComparer.OrdinalIgnoreCase)
    {
        "PSDefaultParameterValues",
        "PSModuleAutoLoadingPreference",
    };

    /// <summary>What the node is refused for, null when it may stand there. What stands in it is looked at by itself.</summary>
    public Finding? Check(Ast node) => node switch
    {
        CommandAst command => CommandRules.Check(command, allowed, functions),
        FunctionDefinitionAst function => FunctionRules.Check(function, allowed),
        ScriptBlockAst block => Requirements(block),
        PipelineAst pipeline => Background(pipeline),
        MemberExpressionAst member => TypeRules.Check(member),
        TypeExpressionAst type => TypeRules.Check(type, type.TypeName),
        TypeConstraintAst type => TypeRules.Check(type, type.TypeName),
        AttributeAst attribute => TypeRules.Check(attribute),
        VariableExpressionAst variable => Variable(variable),
        BinaryExpressionAst binary => Conversion(binary),
        SwitchStatementAst choice => choice.Flags.HasFlag(SwitchFlags.File) || choice.Flags.HasFlag(SwitchFlags.Parallel)
            ? Finding.At(choice, "switch -File", "A switch over a file reads it past all commands.")
            : null,
        FileRedirectionAst redirection => IsNull(redirection.Location)
            ? null
            : Finding.At(redirection, ">", "Only to $null may a script under a policy redirect: write files with a command."),
        _ => IsPlain(node) || (hasErrors && node is ErrorStatementAst or ErrorExpressionAst) || IsChain(node)
            ? null
            : Unknown(node),
    };

    private static bool IsNull(Ast place) => place is VariableExpressionAst { VariablePath.UserPath: var name }
        && name.Equals("null", StringComparison.OrdinalIgnoreCase);

    private static Finding Unknown(Ast node)
    {
        var kind = node.GetType().Name;
        kind = kind.EndsWith("Ast", StringComparison.Ordinal) ? kind[..^3] : kind;
        return Finding.At(node, $"({kind})", $"A script under a policy has no {kind}.");
    }

    /// <summary>Nodes that do nothing beside what stands in them.</summary>
    private static bool IsPlain(Ast node) => node is ArrayExpressionAst or ArrayLiteralAst or AssignmentStatementAst
        or AttributedExpressionAst or BreakStatementAst or CatchClauseAst or CommandExpressionAst or CommandParameterAst
        or ConstantExpressionAst or ContinueStatementAst or DoUntilStatementAst or DoWhileStatementAst or ExitStatementAst
        or ExpandableStringExpressionAst or ForEachStatementAst or ForStatementAst or HashtableAst or IfStatementAst
        or IndexExpressionAst or MergingRedirectionAst or NamedAttributeArgumentAst or NamedBlockAst or ParamBlockAst or ParameterAst
        or ParenExpressionAst or ReturnStatementAst or ScriptBlockExpressionAst or StatementBlockAst or SubExpressionAst
        or ThrowStatementAst or TrapStatementAst or TryStatementAst or UnaryExpressionAst or WhileStatementAst;

    /// <summary>Nodes of later engines than the one this is compiled for: <c>a ? b : c</c>, <c>a &amp;&amp; b</c>.</summary>
    private static bool IsChain(Ast node) =>
        node.GetType().Name == "TernaryExpressionAst" || (node.GetType().Name == "PipelineChainAst" && !IsBackground(node));

    private static Finding? Background(PipelineAst pipeline) => IsBackground(pipeline)
        ? Finding.At(pipeline, "&", "A job of the engine is not bound by a policy: use Start-ScriptSession.")
        : null;

    /// <summary>The engine this is compiled for knows no background.</summary>
    private static bool IsBackground(Ast node) => node.GetType().GetProperty("Background")?.GetValue(node) is true;

    private static Finding? Requirements(ScriptBlockAst block) => block.ScriptRequirements is { } requirements
        && (requirements.RequiredModules.Count > 0 || requirements.RequiredAssemblies.Count > 0)
        ? Finding.At(block, "#requires", "A script under a policy requires no modules and no assemblies.")
        : null;

    private static Finding? Variable(VariableExpressionAst variable)
    {
        var path = variable.VariablePath;
        var name = path.UserPath[(path.UserPath.LastIndexOf(':') + 1)..];
        if (path.IsDriveQualified)
        {
            return Finding.At(variable, $"${path.UserPath}", "What is behind a drive is reached by a command that the policy allows, or not at all.");
        }

        return Bound.Contains(name)
            ? Finding.At(variable, $"${name}", $"${name} is not for scripts under a policy.")
            : null;
    }

    /// <summary>A type that is named by a text could be any.</summary>
    private static Finding? Conversion(BinaryExpressionAst binary) =>
        binary.Operator is TokenKind.As or TokenKind.Is or TokenKind.IsNot && binary.Right is not TypeExpressionAst
            ? Finding.At(binary, "(type by its name)", "Behind -as and -is stands a type, such as [int].")
            : null;
}
