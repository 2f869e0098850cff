using System;

namespace SPE.Scripts;

/// <summary>How a script is sent and its reply written.</summary>
internal sealed record ScriptOptions
{
    /// <summary>CliXml, Json or Raw, as the caller spelled it.</summary>
    public string Format { get; init; } = "CliXml";

    /// <summary>Whether the records of the script come back, each to its stream; asked for by -Verbose and -Debug.</summary>
    public bool CaptureStreams { get; init; }

    public bool StructuredErrors { get; init; }

    /// <summary>Times a 429 or 503 is tried again.</summary>
    public int MaxRetries { get; init; }

    /// <summary>Whether error records in the output go to the error stream .</summary>
    public bool RouteErrors { get; init; }

    /// <summary>Is told each output object before it is written.</summary>
    public Action<object?>? OnOutput { get; init; }
}
