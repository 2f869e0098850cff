namespace Microsoft.PowerShell.Commands;

/// <summary>What must be at a path.</summary>
public enum TestPathType
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>Something that holds items, such as a folder.</summary>
    Container,

    /// <summary>Something that holds none, such as a file.</summary>
    Leaf,
}
