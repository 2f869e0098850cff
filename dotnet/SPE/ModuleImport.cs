using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.Commands;
using SPE.MediaSync;

namespace SPE;

/// <summary>
/// Looks, when the module is imported, whether the script module of the same name is loaded already: its functions come
/// before cmdlets, so the commands of this module would not be called and nobody would know why.
/// </summary>
public sealed class ModuleImport : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>
    /// The modules of this name; a nested pipeline is the one way to them from here. Functions themselves cannot be asked for: in
    /// the midst of an import the engine hides those of a constrained session. The first result is the engine's intrinsics.
    /// </summary>
    private const string Look = "$ExecutionContext; Get-Module -Name SPE";

    /// <inheritdoc/>
    public void OnImport()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var found = shell.AddScript(Look, useLocalScope: true).Invoke().Select(item => item?.BaseObject).ToArray();
        if (found.OfType<EngineIntrinsics>().FirstOrDefault() is not { } engine
            || found.OfType<PSModuleInfo>().FirstOrDefault(IsScriptModule) is not { } module)
        {
            return;
        }

        var message =
            $"The script module SPE {module.Version} is loaded already, and its functions come before the commands of this module. "
            + "Remove it with 'Remove-Module SPE' and import this one again.";
        engine.InvokeCommand.InvokeScript(
            useLocalScope: true,
            ScriptBlock.Create("param($command, $record) & $command $record"),
            input: null,
            WriteRecordCommand.Info,
            new WarningRecord(message));
    }

    /// <summary>What the module runs in the background ends with it.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        if (Runspace.DefaultRunspace is { } runspace)
        {
            MediaSyncWatchers.StopAll(runspace.InstanceId);
        }
    }

    private static bool IsScriptModule(PSModuleInfo module) => module.ExportedFunctions.ContainsKey("New-ScriptSession");
}
