using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace SPE.Worker.Channel;

/// <summary>
/// Frames on their way out: any thread posts, one thread writes, many small frames in one call. A queue that is full makes
/// those who post wait, so a script cannot fill the memory with what the server has not taken; a channel that is closed
/// lets everybody go.
/// </summary>
internal sealed class FrameQueue : IDisposable
{
    /// <summary>Bytes that may wait. One frame may go over it.</summary>
    private const int Capacity = 4 * 1024 * 1024;

    /// <summary>Frames smaller than this are put together.</summary>
    private const int BatchSize = 64 * 1024;

    private readonly object _gate = new();
    private readonly Queue<byte[]> _waiting = new();
    private readonly Stream _stream;
    private readonly Thread _thread;
    private long _size;
    private bool _closed;

    public FrameQueue(Stream stream)
    {
        _stream = stream;
        _thread = new Thread(Write) { IsBackground = true, Name = "channel writer" };
        _thread.Start();
    }

    /// <summary>Puts a frame behind the others. False when the channel is closed; the frame is then dropped.</summary>
    public bool Post(byte[] frame)
    {
        lock (_gate)
        {
            while (_size >= Capacity && !_closed)
            {
                Monitor.Wait(_gate);
            }

            if (_closed)
            {
                return false;
            }

            _waiting.Enqueue(frame);
            _size += frame.Length;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Ends the queue at once. What waits in it is dropped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Write()
    {
        var batch = new byte[BatchSize];
        var taken = new List<byte[]>();
        try
        {
            while (Take(taken))
            {
                var filled = 0;
                foreach (var frame in taken)
                {
                    if (filled > 0 && filled + frame.Length > BatchSize)
                    {
                        _stream.Write(batch, 0, filled);
                        filled = 0;
                    }

                    if (frame.Length > BatchSize)
                    {
                        _stream.Write(frame);
                    }
                    else
                    {
                        frame.CopyTo(batch, filled);
                        filled += frame.Length;
                    }
                }

                if (filled > 0)
                {
                    _stream.Write(batch, 0, filled);
                }

                taken.Clear();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The reader of the same socket notices the end as well and is the one to act on it.
            Dispose();
        }
    }

    private bool Take(List<byte[]> taken)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            if (_closed)
            {
                return false;
            }

            taken.AddRange(_waiting);
            _waiting.Clear();
            _size = 0;
            Monitor.PulseAll(_gate);
            return true;
        }
    }
}
