using SPE.Commands;
using SPE.Session;

namespace SPE.Jobs;

/// <summary>Servers without the wait route (client-module.md 12.5).</summary>
internal static class WaitRoute
{
    /// <summary>Remembers on the session that a server has none, and tells it the first time.</summary>
    public static void Lacks(RemoteCmdlet cmdlet, Remote remote, Endpoint endpoint)
    {
        if (remote.Memory.RememberWithoutWait(endpoint))
        {
            cmdlet.Tell(
                $"{endpoint.Address} has no wait route; jobs are asked about by script from now on. For Sitecore jobs that needs a "
                + "policy with the full language.");
        }
    }
}
