using System;

namespace SPE.Worker.Tests.Harness;

/// <summary>Bounds on waiting. They say when something hangs, never how fast it has to be.</summary>
internal static class Deadline
{
    /// <summary>Far beyond what anything here takes on a busy machine with two cores.</summary>
    public static TimeSpan Generous { get; } = TimeSpan.FromSeconds(60);
}
