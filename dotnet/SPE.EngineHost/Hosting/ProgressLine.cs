using System;
using System.Globalization;
using System.Management.Automation;
using System.Threading;

namespace SPE.EngineHost.Hosting;

/// <summary>
/// The latest progress record on the last line of a terminal. Other output takes the line's place and the next record writes it
/// anew; nothing is written where there is no terminal, since progress has no place in a log.
/// </summary>
internal sealed class ProgressLine(bool isTerminal)
{
    private const int BarWidth = 20;
    private const int Unknown = -1;
    private readonly Lock _lock = new();
    private string _shown = string.Empty;

    public void Show(ProgressRecord record)
    {
        if (!isTerminal)
        {
            return;
        }

        lock (_lock)
        {
            var text = record.RecordType == ProgressRecordType.Completed ? string.Empty : Fit(Text(record), Console.WindowWidth - 1);
            if (text != _shown)
            {
                Erase();
                Console.Error.Write(text);
                _shown = text;
            }
        }
    }

    /// <summary>Makes room for other output.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Erase();
            _shown = string.Empty;
        }
    }

    internal static string Text(ProgressRecord record)
    {
        var text = $"{record.Activity}: {record.StatusDescription}";
        if (record.PercentComplete != Unknown)
        {
            var filled = BarWidth * record.PercentComplete / 100;
            text += $" [{new string('#', filled)}{new string('.', BarWidth - filled)}] {record.PercentComplete,3}%";
        }

        if (record.SecondsRemaining != Unknown)
        {
            text += TimeSpan.FromSeconds(record.SecondsRemaining).ToString(@" h\:mm\:ss", CultureInfo.InvariantCulture) + " left";
        }

        return string.IsNullOrEmpty(record.CurrentOperation) ? text : $"{text} {record.CurrentOperation}";
    }

    private static string Fit(string text, int width) => text.Length <= width || width <= 0 ? text : text[..width];

    private void Erase()
    {
        if (_shown.Length > 0)
        {
            Console.Error.Write("\r" + new string(' ', _shown.Length) + "\r");
        }
    }
}
