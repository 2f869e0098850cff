using System;
using System.Management.Automation;
using SPE.Native;

namespace SPE.Transfers;

/// <summary>Makes an absolute path of the file system of what a caller typed.</summary>
internal static class LocalPath
{
    /// <summary>
    /// Resolves a path against the location of PowerShell, which is not the directory of the process. It is taken as it is:
    /// brackets are part of a name, not a pattern.
    /// </summary>
    /// <param name="path">A path of PowerShell.</param>
    /// <param name="state">The caller's session state.</param>
    /// <param name="parameter">Name of the parameter, for the message.</param>
    public static Outcome<string> Resolve(string path, SessionState state, string parameter)
    {
        try
        {
            var resolved = state.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem"
                ? new(resolved)
                : Refuse($"it belongs to {provider.Name}, and only files of the file system are transferred.");
        }
        catch (Exception error) when (error is RuntimeException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return Refuse(error.Message);
        }

        Outcome<string> Refuse(string why) => new(new Failure
        {
            Kind = FailureKind.InvalidInput, Message = $"The {parameter} {path} cannot be used: {why}",
        });
    }
}
