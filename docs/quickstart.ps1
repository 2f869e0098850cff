# What the module SPE does, in one script. ./build.sh Quickstart runs it; so can you, against a server of your own:
#   $env:SPE_SHARED_SECRET = '...'; ./docs/quickstart.ps1 -ConnectionUri https://your.server
param([Parameter(Mandatory)] [uri] $ConnectionUri, [string] $Username = 'sitecore\admin')
Import-Module SPE

# A session holds where to connect and as whom. Nothing is sent yet.
$session = New-ScriptSession -ConnectionUri $ConnectionUri -Username $Username -SharedSecret $env:SPE_SHARED_SECRET
$server = Test-RemoteConnection -Session $session
Write-Host "Connected to SPE $($server.SPEVersion) at $ConnectionUri." -ForegroundColor Green

# A script runs on the server and returns objects. $using: carries local values over.
Write-Host "`n1. A script that returns objects"
$count = 3
Invoke-RemoteScript -Session $session -ScriptBlock {
    1..$using:count | ForEach-Object { New-Object psobject -Property @{ Number = $_; Square = $_ * $_ } }
} | ForEach-Object { Write-Host "   $($_.Number) squared is $($_.Square)" }

# A job runs on while you wait. What it writes arrives while it runs; its result when it ends.
Write-Host "`n2. A job of five seconds, watched live"
$job = Invoke-RemoteScript -Session $session -AsJob -ScriptBlock {
    foreach ($step in 1..5) {
        Write-Progress -Activity 'Indexing' -Status "step $step of 5" -PercentComplete ($step * 20)
        Write-Verbose "step $step done" -Verbose
        Start-Sleep -Seconds 1
    }
    Write-Warning 'one document had no title'
    "indexed $($step * 100) documents"
}
$result = Wait-RemoteScriptSession -Session $session -Id $job `
    -OnProgress { param($record) Write-Host ('   [{0,3}%] {1}' -f $record.PercentComplete, $record.StatusDescription) } `
    -OnVerbose { param($record) Write-Host "          $($record.Message)" -ForegroundColor DarkGray } `
    -OnWarning { param($record) Write-Host "          warning: $($record.Message)" -ForegroundColor Yellow }
Write-Host "   result: $result"

# A failure is an error record with the remote message and the line it came from, never silence.
Write-Host "`n3. A script that fails"
Invoke-RemoteScript -Session $session -ScriptBlock { throw 'the disk is full' } -ErrorAction SilentlyContinue -ErrorVariable failure
Write-Host "   $($failure[0])" -ForegroundColor Red
Write-Host "   $($failure[0].RemoteScriptStackTrace)" -ForegroundColor DarkGray

# Frees what the session holds on the server.
Stop-ScriptSession -Session $session
Write-Host "`nDone." -ForegroundColor Green
