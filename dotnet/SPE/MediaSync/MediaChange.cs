using System;

namespace SPE.MediaSync;

/// <summary>What happened to a file.</summary>
internal enum MediaChangeKind
{
    Created,
    Changed,
    Renamed,
    Deleted,
}

/// <summary>A change that is to be made on the server.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">The path from the watched folder, with slashes.</param>
/// <param name="OldPath">The path before it was renamed, else the path.</param>
/// <param name="IsFolder">Whether it happened to a folder and all that is in it; the name of a folder has no extension.</param>
internal sealed record MediaChange(MediaChangeKind Kind, string Path, string OldPath, bool IsFolder)
{
    public MediaChange(MediaChangeKind kind, string path, bool isFolder = false)
        : this(kind, path, path, isFolder)
    {
    }

    /// <summary>Whether the two are about one file, so that their order counts.</summary>
    public bool Concerns(MediaChange other) =>
        Path == other.Path || Path == other.OldPath || OldPath == other.Path || OldPath == other.OldPath;

    /// <summary>Whether a path is that of a folder or of something below it.</summary>
    public static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
}
