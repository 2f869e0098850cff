using System.Management.Automation;
using SPE.Session;

namespace SPE.Commands;

/// <summary>A command about what a session holds on the server, which without a session object is named by its id.</summary>
public abstract class SessionCmdlet : ConnectionCmdlet
{
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateNotNull]
    public PSObject? Session { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public string? SessionId { get; set; }

    /// <summary>Where this command calls and as whom.</summary>
    private protected Remote ReadRemote() => ReadRemote(Session, SessionId);
}
