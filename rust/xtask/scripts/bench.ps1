# Measures the module against a running server and prints one line a series: its name and its samples in milliseconds or
# microseconds. `./build.sh Bench` runs it and makes figures of the samples; docs/benchmarks.md says what they mean.
param([Parameter(Mandatory)] [uri] $ConnectionUri, [int] $Jobs = 200, [int] $Scripts = 500, [int] $Stops = 50)
$ErrorActionPreference = 'Stop'
Import-Module SPE

$session = New-ScriptSession -ConnectionUri $ConnectionUri -Username 'sitecore\admin' -SharedSecret $env:SPE_SHARED_SECRET

function Write-Series([string] $Name, $Samples) { Write-Host "series $Name $($Samples -join ' ')" }

# The job's last act is to look at the clock; the cmdlet's return is looked at by the same clock.
function Measure-Lag {
    $id = Invoke-RemoteScript -Session $session -AsJob -ScriptBlock { Start-Sleep -Milliseconds 150; [datetime]::UtcNow.Ticks }
    $result = Wait-RemoteScriptSession -Session $session -Id $id
    ([datetime]::UtcNow.Ticks - $result[0]) / 10000
}
foreach ($warmup in 1..5) { $null = Measure-Lag }
Write-Series wait_lag_ms (1..$Jobs | ForEach-Object { Measure-Lag })

$watch = [Diagnostics.Stopwatch]::new()
foreach ($warmup in 1..20) { Invoke-RemoteScript -Session $session -ScriptBlock { $null } }
Write-Series script_empty_ms (1..$Scripts | ForEach-Object {
    $watch.Restart()
    Invoke-RemoteScript -Session $session -ScriptBlock { 1 } | Out-Null
    $watch.Elapsed.TotalMilliseconds
})

# New-Jwt as a script calls it: a loop of a thousand, so that the clock costs nothing.
$token = @{ Algorithm = 'HS256'; Issuer = 'SPE Remoting'; Audience = 'https://x.test'; SecretKey = $env:SPE_SHARED_SECRET }
foreach ($warmup in 1..2000) { $null = New-Jwt @token }
Write-Series new_jwt_us (1..20 | ForEach-Object {
    $watch.Restart()
    foreach ($i in 1..1000) { $null = New-Jwt @token }
    $watch.Elapsed.TotalMilliseconds
})

# Stop() in the middle of a hold: a second engine waits for a job that does not end, and is stopped from here.
$forever = Invoke-RemoteScript -Session $session -AsJob -ScriptBlock { Start-Sleep -Seconds 3600 }
Write-Series stop_ms (1..$Stops | ForEach-Object {
    $engine = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $engine.AddScript({
        param($session, $id)
        Import-Module SPE
        Wait-RemoteScriptSession -Session $session -Id $id
    }).AddArgument($session).AddArgument($forever)
    $running = $engine.BeginInvoke()
    Start-Sleep -Milliseconds 200
    $watch.Restart()
    $engine.Stop()
    $watch.Elapsed.TotalMilliseconds
    $engine.Dispose()
})
Invoke-RemoteScript -Session $session -ScriptBlock { Get-ScriptSession -Id $using:forever | Remove-ScriptSession }
Stop-ScriptSession -Session $session
