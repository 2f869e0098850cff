using System;
using System.Runtime.CompilerServices;

namespace SPE.Worker.Tests.Harness;

/// <summary>
/// Puts the modules of the bundled engine on the module path. The engine reads the variable once, when the first runspace
/// opens, so this has to happen before any test runs and is the only variable this process ever sets.
/// </summary>
internal static class EngineEnvironment
{
    [ModuleInitializer]
    internal static void Prepare() => Environment.SetEnvironmentVariable("PSModulePath", Repository.EngineModules);
}
