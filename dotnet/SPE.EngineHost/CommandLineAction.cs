namespace SPE.EngineHost;

/// <summary>What there is to do.</summary>
internal enum CommandLineAction
{
    /// <summary>Run the text of -Command.</summary>
    Command,

    /// <summary>Run the script of -File.</summary>
    File,

    /// <summary>Print the version of the engine.</summary>
    Version,

    /// <summary>Print how to call the program.</summary>
    Help,

    /// <summary>Say what was wrong, then how to call the program.</summary>
    Refuse,
}
