using System;
using System.Collections;
using System.Management.Automation;
using SPE.Native;
using SPE.Session;
using SPE.Transfers;

namespace SPE.Commands;

/// <summary>Send-RemoteItem: sends files to each server (client-module.md 16).</summary>
[Cmdlet(VerbsCommunications.Send, "RemoteItem", DefaultParameterSetName = UriSet)]
[OutputType(typeof(void))]
public sealed class SendRemoteItemCommand : TransferCmdlet, IDynamicParameters
{
    private const string SessionSet = "Session";
    private const string UriSet = "Uri";

    private readonly MediaSwitches _media = new();

    [Parameter(Mandatory = true, ParameterSetName = SessionSet), ValidateNotNull]
    public PSObject? Session { get; set; }

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

    [Parameter(ParameterSetName = UriSet)]
    public PSCredential? Credential { get; set; }

    /// <summary>Taken for scripts that give it; Windows authentication comes later .</summary>
    [Parameter(ParameterSetName = UriSet)]
    public SwitchParameter UseDefaultCredentials { get; set; }

    [Parameter(ParameterSetName = UriSet)]
    public Hashtable? HttpOption { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName"), ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter, ValidateNotNullOrEmpty]
    [ValidateSet("App", "Data", "Debug", "Index", "Layout", "Log", "Media", "Package", "Serialization", "Temp")]
    public string? RootPath { get; set; }

    [Parameter]
    public string? Destination { get; set; }

    private protected override string FailureLead => "Upload failed.";

    /// <summary>The switches of media items, which are unknown with every other root.</summary>
    public object? GetDynamicParameters() => RemotePlaces.IsMediaRoot(RootPath) ? _media : null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Local(nameof(Path), Path, Path) is not { } source)
        {
            return;
        }

        var name = System.IO.Path.GetFileName(source);
        var place = Rooted(RemotePlaces.ForUpload(RootPath, Destination, name), nameof(Destination), Destination);
        Transfer(Path, "Uploading", (client, target, onEvent, token) => client.Upload(
            new UploadCall
            {
                Target = target, Source = source, Place = place,
                SkipUnpack = _media.SkipUnpack, SkipExisting = _media.SkipExisting,
            },
            onEvent,
            token));
    }

    private protected override Remote ReadRemote()
    {
        if (RootPath is not null && !RemotePlaces.IsMediaRoot(RootPath) && RemotePlaces.IsId(Destination))
        {
            Warn($"The destination {Destination} is the id of a media item, so the root {RootPath} does not count.");
        }

        return ParameterSetName == SessionSet
            ? ReadSession(Session, AccessToken)
            : ReadUris(ConnectionUri, HttpOption, Credentials.Of(
                AccessToken, SharedSecret, AccessKeyId, algorithm: null, Username, Password, Credential));
    }
}
