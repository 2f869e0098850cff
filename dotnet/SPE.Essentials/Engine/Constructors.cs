using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>Calls the constructor that fits the arguments, by the engine's own rules of conversion.</summary>
internal static class Constructors
{
    public static object Invoke(Type type, object?[] arguments) => Invoke(null, type, type.GetConstructors(), arguments);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "ConstructorInvokeDotNet")]
    private static extern object Invoke(
        [UnsafeAccessorType("System.Management.Automation.DotNetAdapter, System.Management.Automation")] object? adapter,
        Type type,
        ConstructorInfo[] constructors,
        object?[] arguments);
}
