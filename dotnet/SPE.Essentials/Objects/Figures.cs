using System;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Which figures are wanted.</summary>
[Flags]
internal enum Figures
{
    None = 0,
    Sum = 1,
    Average = 2,
    StandardDeviation = 4,

    /// <summary>Those that only numbers have.</summary>
    OfNumbers = Sum | Average | StandardDeviation,

    Maximum = 8,
    Minimum = 16,

    /// <summary>All but those of text.</summary>
    All = OfNumbers | Maximum | Minimum,

    Lines = 32,
    Words = 64,
    Characters = 128,

    /// <summary>Blanks do not count as characters.</summary>
    IgnoreWhiteSpace = 256,

    /// <summary>Those of text.</summary>
    OfText = Lines | Words | Characters | IgnoreWhiteSpace,
}
