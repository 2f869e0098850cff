using System;

namespace SPE.Worker.Channel;

/// <summary>What came over the channel is not the protocol of docs/developers/worker-channel.md.</summary>
public sealed class ChannelException : Exception
{
    /// <summary>Without a text.</summary>
    public ChannelException()
    {
    }

    /// <summary>With what was wrong.</summary>
    public ChannelException(string message)
        : base(message)
    {
    }

    /// <summary>With what was wrong and what found it.</summary>
    public ChannelException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
