@{
    # Name, GUID and version are those of the module that PowerShell ships, so that scripts and manifests find what they require.
    GUID = 'EEFCB906-B326-4E99-9F54-8B4BB6EF3C6D'
    ModuleVersion = '7.0.0.0'
    Author = 'SPE contributors'
    Description = 'The Management commands of the engine bundled with SPE: those that remoting scripts use.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion = '7.4'
    NestedModules = @('SPE.Essentials.dll')
    FunctionsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
    CmdletsToExport = @(
        'Get-ChildItem'
        'Get-Content'
        'Get-Item'
        'Get-Location'
        'Join-Path'
        'Set-Content'
        'Set-Location'
        'Split-Path'
        'Test-Path'
    )
}
