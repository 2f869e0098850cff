using System;
using System.Management.Automation;

namespace SPE.MediaSync;

/// <summary>Word of a change that was made, or could not be; what subscribers get.</summary>
public sealed class MediaSyncEventArgs : EventArgs
{
    internal MediaSyncEventArgs(string fullPath, string text, ErrorRecord? error) => (FullPath, Text, Error) = (fullPath, text, error);

    /// <summary>The file.</summary>
    public string FullPath { get; }

    /// <summary>What happened, as a sentence.</summary>
    public string Text { get; }

    /// <summary>Why it could not be made, or null.</summary>
    public ErrorRecord? Error { get; }
}
