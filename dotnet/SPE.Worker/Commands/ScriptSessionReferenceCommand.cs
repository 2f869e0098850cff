using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Worker.Commands;

/// <summary>The commands that name sessions, by object or by id.</summary>
public abstract class ScriptSessionReferenceCommand : ScriptSessionCommand
{
    /// <summary>Parameter set of <see cref="Session"/>.</summary>
    protected const string SessionSet = "Session";

    /// <summary>Parameter set of <see cref="Id"/>.</summary>
    protected const string IdSet = "Id";

    /// <summary>Sessions, or their ids as text.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SessionSet)]
    [ValidateNotNullOrEmpty]
    public PSObject[] Session { get; set; } = [];

    /// <summary>Ids of sessions. Taken literally: no wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>The ids that were given, by either way. What is no session is an error of its own.</summary>
    private protected IEnumerable<string> Ids() => ParameterSetName == IdSet ? Id : IdsOf(Session);
}
