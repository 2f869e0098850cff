using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using SPE.Native;

namespace SPE.MediaSync;

/// <summary>One <c>folder</c> of the configuration: what is watched, and where it goes.</summary>
internal sealed record MediaSyncFolder
{
    /// <summary>What no file name of Windows may hold; the same on every system, so that ids are.</summary>
    private const string NotInNames = "<>:\"/\\|?*";

    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>The folder, absolute.</summary>
    public required string Path { get; init; }

    public required Uri Host { get; init; }

    public required Credential Credential { get; init; }

    /// <summary>Whether a password or secret stands in the file.</summary>
    public required bool HoldsSecret { get; init; }

    /// <summary>The folder of the media library, without slashes at its ends.</summary>
    public required string MediaFolder { get; init; }

    /// <summary>Wildcards of paths, relative to the folder, that are left alone.</summary>
    public required IReadOnlyList<WildcardPattern> Masks { get; init; }

    /// <summary>Names the subscriptions (client-module.md 21).</summary>
    public string Id => string.Concat(Path.Select(letter => NotInNames.Contains(letter) || char.IsControl(letter) ? '_' : letter));

    /// <summary>A file's path from here, with slashes.</summary>
    public string Relative(string path) => System.IO.Path.GetRelativePath(Path, path).Replace('\\', '/');

    /// <summary>The files below a sub-folder that have content and are not left alone, by their paths from here.</summary>
    public IEnumerable<string> Files(string relative) => Under(relative)
        .EnumerateFiles("*", All)
        .Where(file => file.Length > 0)
        .Select(file => Relative(file.FullName))
        .Where(file => !IsSkipped(file));

    /// <summary>The folders below a sub-folder, by their paths from here.</summary>
    public IEnumerable<string> SubFolders(string relative) =>
        Under(relative).EnumerateDirectories("*", All).Select(folder => Relative(folder.FullName));

    /// <summary>Whether a file is left alone: a mask fits its path from here, or its name.</summary>
    public bool IsSkipped(string relative)
    {
        var name = Name(relative);
        return Masks.Any(mask => mask.IsMatch(relative) || mask.IsMatch(name));
    }

    /// <summary>The media item of a file, its path without the extension; or of a folder, whose name has none.</summary>
    public string ItemPath(string relative, bool isFolder) =>
        $"master:/media library/{InLibrary(isFolder ? relative : Stem(relative))}";

    /// <summary>Where a file goes, with its extension.</summary>
    public string InLibrary(string relative) => MediaFolder.Length == 0 ? relative : $"{MediaFolder}/{relative}";

    /// <summary>The name of the item of a file or folder.</summary>
    public static string ItemName(string relative, bool isFolder) => isFolder ? Name(relative) : Stem(Name(relative));

    private DirectoryInfo Under(string relative) => new(System.IO.Path.Combine(Path, relative));

    private static string Name(string relative) => relative[(relative.LastIndexOf('/') + 1)..];

    private static string Stem(string relative)
    {
        var dot = relative.LastIndexOf('.');
        return dot > relative.LastIndexOf('/') + 1 ? relative[..dot] : relative;
    }
}
