using System;
using System.Management.Automation.Host;

namespace SPE.Worker.Runspaces;

/// <summary>A fixed width for formatting; nothing else is there.</summary>
internal sealed class SilentRawUi : PSHostRawUserInterface
{
    private static readonly Size Fixed = new(120, 50);

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Size BufferSize
    {
        get => Fixed;
        set { }
    }

    public override Size WindowSize
    {
        get => Fixed;
        set { }
    }

    public override Size MaxWindowSize => Fixed;

    public override Size MaxPhysicalWindowSize => Fixed;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle { get; set; } = string.Empty;

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw SilentUi.Refused("Reading a key");

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw SilentUi.Refused("Reading the screen");

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw SilentUi.Refused("Moving the screen");

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw SilentUi.Refused("Writing the screen");

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw SilentUi.Refused("Writing the screen");
}
