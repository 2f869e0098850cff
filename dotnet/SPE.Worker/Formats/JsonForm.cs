namespace SPE.Worker.Formats;

/// <summary>How JSON is written (wire-protocol.md 4.4).</summary>
/// <param name="IsStructured">Whether errors are objects.</param>
/// <param name="IsDetailed">Whether errors say all there is; else the log does.</param>
/// <param name="Depth">Levels of objects within an object that are written.</param>
/// <param name="RequestId">What the reply and the log have in common.</param>
internal sealed record JsonForm(bool IsStructured, bool IsDetailed, int Depth, string RequestId);
