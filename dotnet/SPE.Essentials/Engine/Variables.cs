using System.Collections.Generic;
using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>Variables of a named or numbered scope. The public interface of the engine reaches the current scope only.</summary>
internal static class Variables
{
    private const string State = "System.Management.Automation.SessionStateInternal, System.Management.Automation";

    /// <summary>Variables that can be seen, or those of <paramref name="scope"/>.</summary>
    public static IDictionary<string, PSVariable> Table(SessionState state, string? scope) =>
        scope is null ? Table(Internal(state)) : TableAtScope(Internal(state), scope);

    /// <summary>A variable by its name, or null.</summary>
    public static PSVariable? Find(SessionState state, string name, string? scope) =>
        scope is null ? state.PSVariable.Get(name) : FindAtScope(state.PSVariable, name, scope);

    /// <summary>Sets a variable and returns what is stored.</summary>
    public static object Set(SessionState state, PSVariable variable, string? scope, bool force) =>
        scope is null
            ? Set(Internal(state), variable, force, CommandOrigin.Internal)
            : SetAtScope(Internal(state), variable, scope, force, CommandOrigin.Internal);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Internal")]
    [return: UnsafeAccessorType(State)]
    private static extern object Internal(SessionState state);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetVariableTable")]
    private static extern IDictionary<string, PSVariable> Table([UnsafeAccessorType(State)] object state);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetVariableTableAtScope")]
    private static extern IDictionary<string, PSVariable> TableAtScope([UnsafeAccessorType(State)] object state, string scope);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetAtScope")]
    private static extern PSVariable? FindAtScope(PSVariableIntrinsics variables, string name, string scope);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetVariable")]
    private static extern object Set(
        [UnsafeAccessorType(State)] object state, PSVariable variable, bool force, CommandOrigin origin);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetVariableAtScope")]
    private static extern object SetAtScope(
        [UnsafeAccessorType(State)] object state, PSVariable variable, string scope, bool force, CommandOrigin origin);
}
