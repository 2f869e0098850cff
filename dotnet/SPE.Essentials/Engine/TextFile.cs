using System;
using System.IO;
using System.Management.Automation;
using System.Text;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>Opens a file for a command that writes text, or ends the command with the error that scripts know.</summary>
internal static class TextFile
{
    public static StreamWriter Open(PSCmdlet command, string path, Encoding encoding, FileMode mode, bool force)
    {
        try
        {
            if (force && File.Exists(path))
            {
                File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
            }

            return new StreamWriter(new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite), encoding);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var isThere = mode == FileMode.CreateNew && File.Exists(path);
            command.ThrowTerminatingError(isThere
                ? new ErrorRecord(error, "NoClobber", ErrorCategory.ResourceExists, path)
                : new ErrorRecord(error, "FileOpenFailure", ErrorCategory.OpenError, path));
            throw;
        }
    }
}
