using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>
/// A call into a provider on behalf of a command: what the provider finds and what goes wrong is written to that command as
/// it comes. The public interface of the engine gathers all objects first and throws the first error away with them.
/// </summary>
internal static class ProviderContext
{
    private const string Context = "System.Management.Automation.CmdletProviderContext, System.Management.Automation";

    public static object Create(
        PSCmdlet command, string? filter, string[] include, string[] exclude, bool force, bool isLiteral, object? dynamicParameters)
    {
        var context = New(command);
        SetFilters(context, new Collection<string>(include), new Collection<string>(exclude), filter);
        SetForce(context, force);
        SetIsLiteral(context, isLiteral);
        SetDynamicParameters(context, dynamicParameters);
        return context;
    }

    /// <summary>Whether what a provider touches is written to the command.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PassThru")]
    public static extern void SetPassThru([UnsafeAccessorType(Context)] object context, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "StopProcessing")]
    public static extern void Stop([UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType(Context)]
    private static extern object New(Cmdlet command);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetFilters")]
    private static extern void SetFilters(
        [UnsafeAccessorType(Context)] object context, Collection<string> include, Collection<string> exclude, string? filter);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Force")]
    private static extern void SetForce([UnsafeAccessorType(Context)] object context, SwitchParameter force);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_SuppressWildcardExpansion")]
    private static extern void SetIsLiteral([UnsafeAccessorType(Context)] object context, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_DynamicParameters")]
    private static extern void SetDynamicParameters([UnsafeAccessorType(Context)] object context, object? parameters);
}
