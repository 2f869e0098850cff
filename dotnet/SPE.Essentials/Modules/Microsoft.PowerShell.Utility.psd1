@{
    # Name, GUID and version are those of the module that PowerShell ships, so that scripts and manifests find what they require.
    GUID = '1DA87E53-152B-403E-98DC-74D7B4D63D59'
    ModuleVersion = '7.0.0.0'
    Author = 'SPE contributors'
    Description = 'The Utility commands of the engine bundled with SPE: those that remoting scripts use.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion = '7.4'
    NestedModules = @('SPE.Essentials.dll')
    FunctionsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
    CmdletsToExport = @(
        'Add-Member'
        'ConvertFrom-Json'
        'ConvertTo-Json'
        'Get-Date'
        'Get-Variable'
        'Invoke-Expression'
        'Measure-Object'
        'New-Object'
        'Out-File'
        'Out-String'
        'Select-Object'
        'Set-Variable'
        'Sort-Object'
        'Start-Sleep'
        'Write-Debug'
        'Write-Error'
        'Write-Host'
        'Write-Information'
        'Write-Output'
        'Write-Progress'
        'Write-Verbose'
        'Write-Warning'
    )
}
