using System;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>The types that ConstrainedLanguage lets a script create, by the engine's own list.</summary>
internal static class AllowedTypes
{
    public static bool Contains(Type type) => Contains(null, type);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Contains")]
    private static extern bool Contains(
        [UnsafeAccessorType("System.Management.Automation.CoreTypes, System.Management.Automation")] object? list,
        Type type);
}
