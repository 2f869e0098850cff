using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>Lines of a stream of the server process, collected as they come and awaited by content.</summary>
internal sealed class ServerLog
{
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Source)> _waiters = [];

    public ServerLog(StreamReader reader) => Ended = Task.Run(() => Collect(reader));

    /// <summary>Completes when the process closed the stream.</summary>
    public Task Ended { get; }

    public string Text
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>The first line, past or to come, that matches.</summary>
    public Task<string> Line(Func<string, bool> matches)
    {
        lock (_lines)
        {
            if (_lines.FirstOrDefault(matches) is { } line)
            {
                return Task.FromResult(line);
            }

            var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((matches, source));
            return source.Task;
        }
    }

    private async Task Collect(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                foreach (var (_, source) in _waiters.Where(waiter => waiter.Matches(line)))
                {
                    source.TrySetResult(line);
                }
            }
        }

        lock (_lines)
        {
            foreach (var (_, source) in _waiters)
            {
                source.TrySetException(new EndOfStreamException("The server closed its output."));
            }
        }
    }
}
