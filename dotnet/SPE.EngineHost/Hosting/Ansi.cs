using System;

namespace SPE.EngineHost.Hosting;

/// <summary>
/// Colours as escape sequences. They go into the text itself, unlike Console.ForegroundColor, which always writes to standard
/// output, wherever the text goes.
/// </summary>
internal static class Ansi
{
    public const string Close = "\e[0m";

    /// <summary>The standard order of terminals has red and blue the other way round than the console's.</summary>
    private static readonly int[] Order = [0, 4, 2, 6, 1, 5, 3, 7];

    /// <summary>
    /// A black background is left to the terminal: the engine names it where a script has named none, and not every terminal
    /// is black.
    /// </summary>
    public static string Open(ConsoleColor foreground, ConsoleColor background) =>
        Code(foreground, 30) + (background == ConsoleColor.Black ? string.Empty : Code(background, 40));

    private static string Code(ConsoleColor colour, int start)
    {
        if (!Enum.IsDefined(colour))
        {
            return string.Empty;
        }

        var bright = (int)colour >= 8 ? 60 : 0;
        return $"\e[{start + bright + Order[(int)colour % 8]}m";
    }
}
