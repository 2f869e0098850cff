using System;
using System.IO;

namespace SPE.EngineHost;

/// <summary>What the engine reads from the environment when its first runspace opens.</summary>
internal static class EngineEnvironment
{
    private const string ModulePath = "PSModulePath";

    public static void Prepare()
    {
        // The modules beside the program come before those of a PowerShell that started it.
        var own = Path.Combine(AppContext.BaseDirectory, "Modules");
        var inherited = Environment.GetEnvironmentVariable(ModulePath);
        Environment.SetEnvironmentVariable(
            ModulePath,
            string.IsNullOrEmpty(inherited) ? own : own + Path.PathSeparator + inherited);

        // The engine counts the modules it loads and reports them to its makers. A server's scripts are nobody else's business.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
    }
}
