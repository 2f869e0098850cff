using System;
using System.IO;
using SPE.Native;

namespace SPE.Transfers;

/// <summary>
/// What file or media item of the server a command means (client-module.md 16.1 and 17.1). The rules look at texts only, and
/// are those of the server's system whatever this one is: a drive or a share roots a path everywhere (CM-D-26).
/// </summary>
internal static class RemotePlaces
{
    private const string MediaRoot = "Media";

    /// <summary>The database of media items where none is named.</summary>
    private const string Database = "master";

    /// <summary>The root of paths that need none.</summary>
    private const string NoRoot = "custom";

    /// <summary>Whether that root has the switches of media items.</summary>
    public static bool IsMediaRoot(string? rootPath) => MediaRoot.Equals(rootPath, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a destination is the id of a media item.</summary>
    public static bool IsId(string? destination) => Guid.TryParse(destination, out _);

    /// <summary>Where a file goes.</summary>
    /// <param name="rootPath">The root as it was given, or null.</param>
    /// <param name="destination">A file or directory below the root, a rooted path, an id of a media item, or null.</param>
    /// <param name="fileName">Name of the file that is sent.</param>
    /// <returns>Null when there is no root and the destination needs one.</returns>
    public static RemotePlace? ForUpload(string? rootPath, string? destination, string fileName)
    {
        var isId = IsId(destination);
        var isMedia = isId || IsMediaRoot(rootPath);
        if (!isMedia && string.IsNullOrEmpty(rootPath) && !IsRooted(destination))
        {
            return null;
        }

        var path = Trim(destination);
        if (!isId && !Names(path, fileName))
        {
            path += $"/{fileName}";
        }

        return isMedia ? new RemotePlace(true, Database, path) : new RemotePlace(false, Root(rootPath), path);
    }

    /// <summary>Where a file comes from.</summary>
    /// <param name="rootPath">The root as it was given, or null.</param>
    /// <param name="database">The database as it was given, or null.</param>
    /// <param name="path">A path below the root, a rooted path, or the path or id of a media item.</param>
    /// <returns>Null when there is no root and the path needs one.</returns>
    public static RemotePlace? ForDownload(string? rootPath, string? database, string path)
    {
        var trimmed = Trim(path);
        if (!string.IsNullOrEmpty(database))
        {
            return new RemotePlace(true, database, trimmed);
        }

        if (IsMediaRoot(rootPath) && Extension(trimmed).Length == 0)
        {
            return new RemotePlace(true, Database, trimmed);
        }

        return string.IsNullOrEmpty(rootPath) && !IsRooted(path) ? null : new RemotePlace(false, Root(rootPath), trimmed);
    }

    /// <summary>Whether a local destination is meant as a directory although none of that name may be there.</summary>
    public static bool EndsInSeparator(string path) => path.EndsWith('/') || path.EndsWith('\\');

    /// <summary>
    /// Whether a destination names the file itself: it has the extension of the file, or its name where that has none.
    /// </summary>
    private static bool Names(string path, string fileName)
    {
        var extension = Extension(fileName);
        return extension.Length > 0
            ? path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)
            : Last(path).Equals(fileName, StringComparison.OrdinalIgnoreCase);
    }

    private static string Root(string? rootPath) => string.IsNullOrEmpty(rootPath) ? NoRoot : rootPath;

    private static string Trim(string? path) => (path ?? "").TrimEnd('\\', '/');

    private static bool IsRooted(string? path) =>
        path is ['/' or '\\', ..] || (path is [var drive, ':', ..] && char.IsAsciiLetter(drive));

    private static string Last(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private static string Extension(string path) => Path.GetExtension(Last(path));
}
