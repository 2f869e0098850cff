@{
    RootModule             = 'SPE.dll'
    ModuleVersion          = '10.0.0'
    # The identity of the script module that this one takes the place of.
    GUID                   = 'cf8d3b69-b293-4d8b-9974-e1ab80509724'
    Author                 = 'The SPE remoting contributors'
    Copyright              = 'The SPE remoting contributors. MIT license.'
    Description            = 'Runs scripts and jobs on servers that speak SPE remoting: objects, live job streams, clear errors.'
    PowerShellVersion      = '7.4'
    CompatiblePSEditions   = @('Core')
    # PowerShell would put commands of its own in the place of ours when it loads this module later.
    RequiredModules        = @('Microsoft.PowerShell.Utility')
    # The types name a method of it, so it is loaded before them.
    RequiredAssemblies     = @('SPE.dll')
    TypesToProcess         = @('SPE.Types.ps1xml')
    FormatsToProcess       = @('SPE.Format.ps1xml')
    CmdletsToExport        = @(
        'ConvertFrom-CliXml'
        'ConvertFrom-JwtHeader'
        'ConvertFrom-JwtPayload'
        'ConvertTo-CliXml'
        'Invoke-RemoteScript'
        'New-Jwt'
        'New-ScriptSession'
        'Receive-RemoteItem'
        'Send-RemoteItem'
        'Start-MediaSyncWatcher'
        'Stop-MediaSyncWatcher'
        'Stop-ScriptSession'
        'Test-RemoteConnection'
        'Wait-RemoteConnection'
        'Wait-RemoteScriptSession'
        'Wait-RemoteSitecoreJob'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    PrivateData            = @{
        PSData = @{
            Tags = @('SPE', 'Sitecore', 'Remoting', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
        }
    }
}
