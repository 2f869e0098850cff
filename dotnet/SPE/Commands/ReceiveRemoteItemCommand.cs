using System;
using System.Collections;
using System.Management.Automation;
using SPE.Native;
using SPE.Session;
using SPE.Transfers;

namespace SPE.Commands;

/// <summary>Receive-RemoteItem: fetches files from each server (client-module.md 17).</summary>
[Cmdlet(VerbsCommunications.Receive, "RemoteItem", DefaultParameterSetName = UriFile)]
[OutputType(typeof(void))]
public sealed class ReceiveRemoteItemCommand : RemoteCmdlet
{
    private const string SessionFile = "Session and File";
    private const string SessionDatabase = "Session and Database";
    private const string UriFile = "Uri and File";
    private const string UriDatabase = "Uri and Database";

    private Transfer _transfer = null!;

    /// <summary>The alias keeps -S short for it, although -SharedSecret came later.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SessionFile), Parameter(Mandatory = true, ParameterSetName = SessionDatabase)]
    [Alias("S"), ValidateNotNull]
    public PSObject? Session { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = UriFile), Parameter(Mandatory = true, ParameterSetName = UriDatabase)]
    public Uri[]? ConnectionUri { get; set; }

    [Parameter(ParameterSetName = UriFile), Parameter(ParameterSetName = UriDatabase)]
    public string? Username { get; set; }

    [Parameter(ParameterSetName = UriFile), Parameter(ParameterSetName = UriDatabase)]
    public string? Password { get; set; }

    [Parameter(ParameterSetName = UriFile), Parameter(ParameterSetName = UriDatabase)]
    public string? SharedSecret { get; set; }

    [Parameter(ParameterSetName = UriFile), Parameter(ParameterSetName = UriDatabase)]
    public string? AccessKeyId { get; set; }

    /// <summary>Comes before the session's own .</summary>
    [Parameter]
    public string? AccessToken { get; set; }

    [Parameter(ParameterSetName = UriFile), Parameter(ParameterSetName = UriDatabase)]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = UriFile), Parameter(ParameterSetName = UriDatabase)]
    public IDictionary? HttpOption { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true), ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter(ParameterSetName = SessionFile), Parameter(ParameterSetName = UriFile), ValidateNotNullOrEmpty]
    [ValidateSet("App", "Data", "Debug", "Index", "Layout", "Log", "Media", "Package", "Serialization", "Temp")]
    public string? RootPath { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = SessionDatabase), Parameter(Mandatory = true, ParameterSetName = UriDatabase)]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    [Parameter(Mandatory = true), ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter(ParameterSetName = SessionDatabase), Parameter(ParameterSetName = UriDatabase)]
    public SwitchParameter Container { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _transfer = Transfer.Download(
        this,
        ParameterSetName is SessionFile or SessionDatabase
            ? ReadSession(Session, AccessToken)
            : ReadUris(ConnectionUri, HttpOption, Credentials.Of(
                AccessToken, SharedSecret, AccessKeyId, algorithm: null, Username, Password, Credential)));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var place = _transfer.Rooted(RemotePlaces.ForDownload(RootPath, Database, Path), nameof(Path), Path);
        if (_transfer.Local(nameof(Destination), Destination, Path) is not { } destination)
        {
            return;
        }

        _transfer.Move(Path, (client, target, onEvent, token) => client.Download(
            new DownloadCall
            {
                Target = target, Place = place, Destination = destination,
                IntoDirectory = RemotePlaces.EndsInSeparator(Destination), Container = Container, Force = Force,
            },
            onEvent,
            token));
    }
}
