# Measures transfers of the module against a plain server and prints one line a series, as bench.ps1 does: milliseconds of
# each transfer, and by how many MiB the memory of this process grew in the one that took most.
param(
    [Parameter(Mandatory)] [uri] $ConnectionUri,
    [Parameter(Mandatory)] [string] $Path,
    [int] $Rounds = 4)
$ErrorActionPreference = 'Stop'
Import-Module SPE

$session = New-ScriptSession -ConnectionUri $ConnectionUri -AccessToken bench
$watch = [Diagnostics.Stopwatch]::new()
$target = "$Path.received"

# A line of what Linux says about this process, in MiB.
function Get-Memory([string] $Name) {
    $line = [IO.File]::ReadAllLines('/proc/self/status') | Where-Object { $_ -like "${Name}:*" }
    [double]($line -replace '\D') / 1024
}

# The highest mark is set back first, so that what the start of the process took does not hide what comes.
function Measure-Transfer([scriptblock] $Transfer) {
    # A file that is replaced would cost its removal too.
    [IO.File]::Delete($target)
    [GC]::Collect()
    [IO.File]::WriteAllText('/proc/self/clear_refs', '5')
    $before = Get-Memory VmRSS
    $watch.Restart()
    & $Transfer
    $watch.Stop()
    @{ Time = $watch.Elapsed.TotalMilliseconds; Growth = (Get-Memory VmHWM) - $before }
}

$transfers = @{
    upload = { Send-RemoteItem -Session $session -Path $Path -RootPath Temp }
    download = { Receive-RemoteItem -Session $session -Path file.bin -RootPath Temp -Destination $target }
}
foreach ($name in 'upload', 'download') {
    $null = Measure-Transfer $transfers[$name]
    $measured = 1..$Rounds | ForEach-Object { Measure-Transfer $transfers[$name] }
    Write-Host "series ${name}_ms $($measured.Time -join ' ')"
    Write-Host "series ${name}_rss_mib $($measured.Growth -join ' ')"
}
[IO.File]::Delete($target)
