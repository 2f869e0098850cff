using System;
using System.IO;

namespace SPE.EngineHost;

/// <summary>What the engine reads from the environment when it starts.</summary>
internal static class EngineEnvironment
{
    private const string ModulePath = "PSModulePath";
    private const string AnalysisCache = "PSModuleAnalysisCachePath";

    public static void Prepare()
    {
        // The modules beside the program come before those of a PowerShell that started it.
        var own = Path.Combine(AppContext.BaseDirectory, "Modules");
        var inherited = Environment.GetEnvironmentVariable(ModulePath);
        Environment.SetEnvironmentVariable(
            ModulePath,
            string.IsNullOrEmpty(inherited) ? own : own + Path.PathSeparator + inherited);

        // Where the file of this cache is missing, the engine waits three times 25 ms for another process to write it, before it
        // loads its first module by name. A short run never writes it and a confined one cannot, so there is to be none.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(AnalysisCache)))
        {
            Environment.SetEnvironmentVariable(AnalysisCache, OperatingSystem.IsWindows() ? "nul" : "/dev/null");
        }

        // The engine counts the modules it loads and reports them to its makers. A server's scripts are nobody else's business.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
    }
}
