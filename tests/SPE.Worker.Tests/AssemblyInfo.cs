using System.Runtime.Versioning;

// File modes, signals and /proc: the server and its workers are tested where they run.
[assembly: SupportedOSPlatform("linux")]
