using System;
using System.Collections;
using System.Management.Automation;
using SPE.Session;

namespace SPE.Commands;

/// <summary>A command that takes either a session or an address with credentials; these are the latter's parameters.</summary>
public abstract class ConnectionCmdlet : RemoteCmdlet
{
    private protected const string SessionSet = "Session";
    private protected const string UriSet = "Uri";

    [Parameter(ParameterSetName = UriSet)]
    public Uri[]? ConnectionUri { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public string? Username { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public string? Password { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public string? SharedSecret { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public string? AccessKeyId { get; set; }

    /// <summary>Comes before the session's own .</summary>
    [Parameter(ParameterSetName = SessionSet)]
    [Parameter(ParameterSetName = UriSet)]
    public string? AccessToken { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public IDictionary? HttpOption { get; set; }

    /// <summary>Where this command calls and as whom. Only its parameters count, no variable of the caller (CM-D-24).</summary>
    private protected Remote ReadRemote(PSObject? session, string? sessionId = null) => ParameterSetName != UriSet
        ? ReadSession(session, AccessToken)
        : ReadUris(
            ConnectionUri,
            HttpOption,
            Credentials.Of(AccessToken, SharedSecret, AccessKeyId, algorithm: null, Username, Password, Credential),
            sessionId);
}
