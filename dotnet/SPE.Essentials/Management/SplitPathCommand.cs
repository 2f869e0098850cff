using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Split-Path: the folder, the name or another part of a path.</summary>
[Cmdlet(VerbsCommon.Split, "Path", DefaultParameterSetName = "ParentSet")]
public sealed class SplitPathCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    [Parameter(ParameterSetName = "ParentSet")]
    public SwitchParameter Parent { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LeafSet")]
    public SwitchParameter Leaf { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LeafBaseSet")]
    public SwitchParameter LeafBase { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "ExtensionSet")]
    public SwitchParameter Extension { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "QualifierSet")]
    public SwitchParameter Qualifier { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "NoQualifierSet")]
    public SwitchParameter NoQualifier { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "IsAbsoluteSet")]
    public SwitchParameter IsAbsolute { get; set; }

    [Parameter]
    public SwitchParameter Resolve { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var path in Path.SelectMany(Resolved))
        {
            WriteObject(Part(path));
        }
    }

    private IEnumerable<string> Resolved(string path) =>
        Resolve ? SessionState.Path.GetResolvedPSPathFromPSPath(path).Select(found => found.Path) : [path];

    private object Part(string path) => ParameterSetName switch
    {
        "LeafSet" => Name(path),
        "LeafBaseSet" => System.IO.Path.GetFileNameWithoutExtension(Name(path)),
        "ExtensionSet" => System.IO.Path.GetExtension(Name(path)),
        "QualifierSet" => path[..QualifierLength(path)],
        "NoQualifierSet" => path[QualifierLength(path)..],
        "IsAbsoluteSet" => SessionState.Path.IsPSAbsolute(path, out _),
        _ => SessionState.Path.ParseParent(path, string.Empty),
    };

    private string Name(string path) => SessionState.Path.ParseChildName(path);

    /// <summary>A qualifier is a provider with two colons or a drive with one.</summary>
    private static int QualifierLength(string path)
    {
        var provider = path.IndexOf("::", StringComparison.Ordinal);
        return provider >= 0 ? provider + 2 : path.IndexOf(':', StringComparison.Ordinal) + 1;
    }
}
