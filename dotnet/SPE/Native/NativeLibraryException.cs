using System;

namespace SPE.Native;

/// <summary>
/// The native library is missing, of another architecture, or of another build than this assembly. The message is for
/// the user and names every path that matters.
/// </summary>
internal sealed class NativeLibraryException(string message, Exception? cause) : Exception(message, cause);
