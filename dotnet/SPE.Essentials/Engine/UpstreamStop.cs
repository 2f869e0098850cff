using System;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>Ends the commands before this one in the pipeline, when it has seen enough.</summary>
internal static class UpstreamStop
{
    public static Exception Create(InternalCommand command) => (Exception)New(command);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType("System.Management.Automation.StopUpstreamCommandsException, System.Management.Automation")]
    private static extern object New(InternalCommand command);
}
