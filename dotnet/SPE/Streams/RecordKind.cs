namespace SPE.Streams;

/// <summary>The stream an object of a reply belongs to.</summary>
internal enum RecordKind
{
    /// <summary>An object of the script.</summary>
    Output,

    Verbose,

    Debug,

    Warning,

    Information,

    Error,
}
