using System;
using System.IO;

namespace SPE.EngineHost;

/// <summary>Puts the modules beside the program in front of those of the environment.</summary>
internal static class ModulePath
{
    private const string Variable = "PSModulePath";

    /// <summary>The engine reads the variable when its first runspace opens, so this comes before it.</summary>
    public static void Prepare()
    {
        var own = Path.Combine(AppContext.BaseDirectory, "Modules");
        var inherited = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(
            Variable,
            string.IsNullOrEmpty(inherited) ? own : own + Path.PathSeparator + inherited);
    }
}
