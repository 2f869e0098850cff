using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>Makes an error the script's own. The engine keeps this to the commands it is built with; ours reach in by name.</summary>
internal static class ScriptError
{
    /// <summary>
    /// The record names the script or function that wrote it, and its id is left without the name of a command class.
    /// </summary>
    public static void PointAtCaller(ErrorRecord record, PSCmdlet command)
    {
        if (command.GetVariableValue("MyInvocation") is InvocationInfo caller)
        {
            SetInvocationInfo(record, caller);
            SetPreserveInvocationInfoOnce(record, true);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetInvocationInfo")]
    private static extern void SetInvocationInfo(ErrorRecord record, InvocationInfo invocation);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreserveInvocationInfoOnce")]
    private static extern void SetPreserveInvocationInfoOnce(ErrorRecord record, bool value);
}
