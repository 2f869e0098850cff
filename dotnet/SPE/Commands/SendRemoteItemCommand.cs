using System.Management.Automation;
using SPE.Native;
using SPE.Transfers;

namespace SPE.Commands;

/// <summary>Send-RemoteItem: sends files to each server (client-module.md 16).</summary>
[Cmdlet(VerbsCommunications.Send, "RemoteItem", DefaultParameterSetName = UriSet)]
[OutputType(typeof(void))]
public sealed class SendRemoteItemCommand : ConnectionCmdlet, IDynamicParameters
{
    private readonly MediaSwitches _media = new();
    private Transfer _transfer = null!;

    [Parameter(Mandatory = true, ParameterSetName = SessionSet)]
    [ValidateNotNull]
    public PSObject? Session { get; set; }

    /// <summary>Taken for scripts that give it; Windows authentication comes later .</summary>
    [Parameter(ParameterSetName = UriSet)]
    public SwitchParameter UseDefaultCredentials { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateSet("App", "Data", "Debug", "Index", "Layout", "Log", "Media", "Package", "Serialization", "Temp")]
    public string? RootPath { get; set; }

    [Parameter]
    public string? Destination { get; set; }

    /// <summary>The switches of media items, which are unknown with every other root.</summary>
    public object? GetDynamicParameters() => RemotePlaces.IsMediaRoot(RootPath) ? _media : null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _transfer = Transfer.Upload(this, ReadRemote(Session));
        if (RootPath is not null && !RemotePlaces.IsMediaRoot(RootPath) && RemotePlaces.IsId(Destination))
        {
            Warn($"The destination {Destination} is the id of a media item, so the root {RootPath} does not count.");
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_transfer.Local(nameof(Path), Path, Path) is not { } source)
        {
            return;
        }

        var place = RemotePlaces.ForUpload(RootPath, Destination, System.IO.Path.GetFileName(source));
        var rooted = _transfer.Rooted(place, nameof(Destination), Destination);
        _transfer.Move(Path, (client, target, onEvent, token) => client.Upload(
            new UploadCall
            {
                Target = target, Source = source, Place = rooted,
                SkipUnpack = _media.SkipUnpack, SkipExisting = _media.SkipExisting,
            },
            onEvent,
            token));
    }
}
