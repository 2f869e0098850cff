using System;
using System.Management.Automation;
using SPE.Worker.Formats;

namespace SPE.Worker.Runspaces;

/// <summary>
/// Takes what a pipeline writes in the order it writes it. The engine raises the events on the thread of the pipeline as each
/// object comes; each handler empties its collection, so that nothing is kept twice.
/// </summary>
internal sealed class StreamRelay
{
    private readonly object _gate = new();
    private readonly RunOutput _output;
    private readonly RecordWriter _records;
    private readonly bool _capture;

    /// <param name="shell">The pipeline, not yet running.</param>
    /// <param name="objects">Where it writes its output.</param>
    /// <param name="output">Takes the objects, and the records when they are captured.</param>
    /// <param name="records">Takes the records when they are not.</param>
    /// <param name="capture">
    /// Whether verbose, debug, warning, information and error records stand in the output (wire-protocol.md 4.7). Those are
    /// not sent a second time as records.
    /// </param>
    public StreamRelay(
        PowerShell shell, PSDataCollection<PSObject> objects, RunOutput output, RecordWriter records, bool capture)
    {
        _output = output;
        _records = records;
        _capture = capture;
        Take(objects, output.Add);
        Take(shell.Streams.Verbose, record => Message(record, "verbose", record.Message));
        Take(shell.Streams.Warning, record => Message(record, "warning", record.Message));
        Take(shell.Streams.Information, Information);
        Take(shell.Streams.Progress, records.Progress);
        Take(shell.Streams.Error, Error);
        Take(shell.Streams.Debug, record =>
        {
            if (capture)
            {
                output.AddCaptured(record);
            }
        });
    }

    /// <summary>Whether non-terminating errors were written.</summary>
    public bool HadErrors { get; private set; }

    private void Take<T>(PSDataCollection<T> collection, Action<T> consume) => collection.DataAdded += (_, _) =>
    {
        lock (_gate)
        {
            foreach (var item in collection.ReadAll())
            {
                Consume(item, consume);
            }
        }
    };

    /// <summary>Objects of a script may throw from any member. That must not end the pipeline, which did nothing wrong.</summary>
    private void Consume<T>(T item, Action<T> consume)
    {
        try
        {
            consume(item);
        }
        catch (Exception error)
        {
            _records.Message("warning", $"A record was left out, it cannot be read: {error.GetType().Name}");
        }
    }

    private void Message(object record, string stream, string? text)
    {
        if (_capture)
        {
            _output.AddCaptured(record);
        }
        else
        {
            _records.Message(stream, text);
        }
    }

    private void Information(InformationRecord record)
    {
        // Write-Host marks its records; it was never part of what is captured.
        if (_capture && !record.Tags.Contains("PSHOST"))
        {
            _output.AddCaptured(record);
        }
        else
        {
            _records.Message("information", record.ToString());
        }
    }

    private void Error(ErrorRecord record)
    {
        HadErrors = true;
        if (_capture)
        {
            _output.AddCaptured(record);
        }
        else
        {
            _output.AddError(record);
            _records.Error(record);
        }
    }
}
