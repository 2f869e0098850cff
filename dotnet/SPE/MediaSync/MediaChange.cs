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
/// <param name="Path">The file's path from the watched folder.</param>
/// <param name="OldPath">The path before it was renamed, else the path.</param>
internal sealed record MediaChange(MediaChangeKind Kind, string Path, string OldPath)
{
    public MediaChange(MediaChangeKind kind, string path)
        : this(kind, path, path)
    {
    }

    /// <summary>Whether the two are about one file, so that their order counts.</summary>
    public bool Concerns(MediaChange other) =>
        Path == other.Path || Path == other.OldPath || OldPath == other.Path || OldPath == other.OldPath;
}
