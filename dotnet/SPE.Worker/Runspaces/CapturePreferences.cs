using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace SPE.Worker.Runspaces;

/// <summary>
/// Switches on the streams that a caller wants captured, for one run. WP-D-11: the values of before come back afterwards, so
/// that a kept session does not stay noisy.
/// </summary>
internal sealed class CapturePreferences : IDisposable
{
    private static readonly string[] Names =
        ["VerbosePreference", "DebugPreference", "InformationPreference", "WarningPreference"];

    private readonly SessionStateProxy _variables;
    private readonly object?[] _before = new object?[Names.Length];

    public CapturePreferences(Runspace runspace)
    {
        _variables = runspace.SessionStateProxy;
        for (var index = 0; index < Names.Length; index++)
        {
            _before[index] = _variables.GetVariable(Names[index]);
            _variables.SetVariable(Names[index], ActionPreference.Continue);
        }
    }

    public void Dispose()
    {
        for (var index = 0; index < Names.Length; index++)
        {
            try
            {
                _variables.SetVariable(Names[index], _before[index]);
            }
            catch (Exception error) when (error is RuntimeException or InvalidOperationException)
            {
                // The script made the variable read-only, or closed the runspace, which is then not used again.
            }
        }
    }
}
