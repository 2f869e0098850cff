using System;
using System.Management.Automation.Host;

namespace SPE.EngineHost.Hosting;

/// <summary>The sizes that formatting asks for. Nothing here moves a cursor or reads a key.</summary>
internal sealed class ConsoleRawUi : PSHostRawUserInterface
{
    /// <summary>What a formatted line may take where there is no terminal to ask.</summary>
    private static readonly Size Unknown = new(120, 50);

    public override ConsoleColor ForegroundColor { get; set; } = (ConsoleColor)(-1);

    public override ConsoleColor BackgroundColor { get; set; } = (ConsoleColor)(-1);

    public override Size BufferSize
    {
        get => Measure();
        set { }
    }

    public override Size WindowSize
    {
        get => Measure();
        set { }
    }

    public override Size MaxWindowSize => Measure();

    public override Size MaxPhysicalWindowSize => Measure();

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle { get; set; } = "SPE.EngineHost";

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) =>
        throw new HostException("A key cannot be read: this host asks no questions.");

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NoBuffer();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw NoBuffer();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NoBuffer();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw NoBuffer();

    private static HostException NoBuffer() => new("This host has no screen buffer.");

    private static Size Measure() =>
        Console.IsOutputRedirected || Console.WindowWidth <= 0 ? Unknown : new Size(Console.WindowWidth, Console.WindowHeight);
}
