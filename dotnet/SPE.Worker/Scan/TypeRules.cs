using System;
using System.Collections.Generic;
using System.Management.Automation.Language;

namespace SPE.Worker.Scan;

/// <summary>The types, attributes and methods of a script under a policy: values and what is done with values, nothing else.</summary>
internal static class TypeRules
{
    /// <summary>Types whose static methods compute and do nothing else.</summary>
    private static readonly HashSet<string> Values = Names(
        "bigint", "bool", "byte", "char", "datetime", "datetimeoffset", "decimal", "double", "float", "guid", "int", "int16", "int32",
        "int64", "long", "math", "sbyte", "short", "single", "string", "timespan", "uint", "uint16", "uint32", "uint64", "ulong",
        "ushort", "version", "boolean", "numerics.biginteger");

    /// <summary>Types that values are converted to.</summary>
    private static readonly HashSet<string> Targets = Names(
        "array", "collections.hashtable", "collections.idictionary", "collections.ienumerable", "collections.ilist",
        "collections.specialized.ordereddictionary", "cultureinfo", "hashtable", "management.automation.pscustomobject",
        "management.automation.psobject", "management.automation.switchparameter", "object", "ordered", "pscustomobject", "psobject",
        "regex", "semver", "switch", "text.regularexpressions.regex", "uri", "void", "xml");

    private static readonly HashSet<string> Attributes = Names(
        "alias", "allowemptycollection", "allowemptystring", "allownull", "cmdletbinding", "outputtype", "parameter",
        "supportswildcards", "validatecount", "validatelength", "validatenotnull", "validatenotnullorempty",
        "validatenotnullorwhitespace", "validatepattern", "validaterange", "validatescript", "validateset");

    /// <summary>Methods of texts and dates. The language mode bounds what they can be called on.</summary>
    private static readonly HashSet<string> Methods = Names(
        "adddays", "addhours", "addmilliseconds", "addminutes", "addmonths", "addseconds", "addyears", "compareto", "contains",
        "containskey", "containsvalue", "endswith", "equals", "indexof", "lastindexof", "padleft", "padright", "replace", "split",
        "startswith", "substring", "subtract", "tochararray", "tolocaltime", "tolongdatestring", "tolower", "tolowerinvariant",
        "toshortdatestring", "tostring", "touniversaltime", "toupper", "toupperinvariant", "trim", "trimend", "trimstart");

    public static Finding? Check(Ast node, ITypeName type)
    {
        // What is caught is compared and not made, whatever its name; a name with an assembly would load that.
        var known = node.Parent is CatchClauseAst ? type.AssemblyName is null : IsKnown(type);
        return known ? null : Finding.At(node, $"[{type.FullName}]", $"The type [{type.FullName}] is not for scripts under a policy.");
    }

    public static Finding? Check(AttributeAst attribute) =>
        attribute.TypeName is TypeName { AssemblyName: null } && Attributes.Contains(Plain(attribute.TypeName, "Attribute"))
            ? null
            : Finding.At(
                attribute,
                $"[{attribute.TypeName.FullName}()]",
                $"The attribute [{attribute.TypeName.FullName}()] is not for scripts under a policy.");

    /// <summary>A property, or with a call a method.</summary>
    public static Finding? Check(MemberExpressionAst member)
    {
        var isCall = member is InvokeMemberExpressionAst;
        var name = (member.Member as StringConstantExpressionAst)?.Value;
        var allowed = (member.Static, isCall) switch
        {
            (false, false) => true,
            (false, true) => name is not null && Methods.Contains(name),
            (true, _) => name is not null
                && member.Expression is TypeExpressionAst { TypeName: TypeName { AssemblyName: null } type }
                && Values.Contains(Plain(type)),
        };
        var what = isCall ? "method" : "static member";
        return allowed
            ? null
            : Finding.At(member, $"({what} {name ?? "without a name"})", $"The {what} is none of those for scripts under a policy.");
    }

    private static bool IsKnown(ITypeName type) => type switch
    {
        ArrayTypeName array => IsKnown(array.ElementType),
        GenericTypeName { AssemblyName: null } generic =>
            Plain(generic.TypeName) is "nullable" && generic.GenericArguments is [var of] && IsKnown(of),
        TypeName { AssemblyName: null } => Values.Contains(Plain(type)) || Targets.Contains(Plain(type)),
        _ => false,
    };

    /// <summary>The name without what may be left out.</summary>
    private static string Plain(ITypeName type, string suffix = "")
    {
        const string System = "System.";
        const string Automation = "Management.Automation.";
        var name = type.FullName;
        if (name.StartsWith(System, StringComparison.OrdinalIgnoreCase))
        {
            name = name[System.Length..];
        }

        if (suffix.Length == 0)
        {
            return name.ToLowerInvariant();
        }

        if (name.StartsWith(Automation, StringComparison.OrdinalIgnoreCase))
        {
            name = name[Automation.Length..];
        }

        var isLong = name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
        return (isLong ? name[..^suffix.Length] : name).ToLowerInvariant();
    }

    private static HashSet<string> Names(params string[] names) => new(names, StringComparer.OrdinalIgnoreCase);
}
