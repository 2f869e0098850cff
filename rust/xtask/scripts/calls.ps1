# Makes calls of the module against a server that answers by itself. Wait follows one job to its end; Invoke prints a line a series, as
# bench.ps1 does: microseconds of calls of the module, and of bare requests from the same process.
param(
    [Parameter(Mandatory)] [uri] $ConnectionUri,
    [Parameter(Mandatory)] [ValidateSet('Wait', 'Invoke')] [string] $What)
$ErrorActionPreference = 'Stop'
Import-Module SPE

$session = New-ScriptSession -ConnectionUri $ConnectionUri -AccessToken bench
if ($What -eq 'Wait') {
    Wait-RemoteScriptSession -Session $session -Id job
    return
}

$client = [Net.Http.HttpClient]::new()
$watch = [Diagnostics.Stopwatch]::new()
function Measure-Call([scriptblock] $Call) {
    1..1200 | ForEach-Object {
        $watch.Restart()
        $null = & $Call
        $watch.Stop()
        $watch.Elapsed.TotalMilliseconds * 1000
    } | Select-Object -Skip 200
}

$module = { Invoke-RemoteScript -Session $session -ScriptBlock { 1 } }
$bare = { $client.PostAsync($ConnectionUri, [Net.Http.StringContent]::new('1')).Result.Content.ReadAsStringAsync().Result }
Write-Host "series bare_us $(Measure-Call $bare)"
Write-Host "series invoke_us $(Measure-Call $module)"
