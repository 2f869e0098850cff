# As much of Pester 5 as tests/pester uses, for machines without it. A test is a line of output: ok or failed, its name, and why.
$script:fixtures = [pscustomobject]@{ Before = $null; After = $null }
function BeforeAll([scriptblock] $Block) { $fixtures.Before = $Block }
function AfterAll([scriptblock] $Block) { $fixtures.After = $Block }
function Describe([string] $Name, [scriptblock] $Block) { $script:group = $Name; . $Block }
function It([string] $Name, [scriptblock] $Block) {
    try {
        # What a block makes lives as long as the function around it, so it is made for each test.
        if ($fixtures.Before) { . $fixtures.Before }
        $null = . $Block
        "ok $group $Name"
    } catch {
        "failed $group ${Name}: $_"
    }
}
function Should {
    param(
        [Parameter(ValueFromPipeline)] $Actual, [switch] $Not, [switch] $Be, [switch] $Match, [switch] $BeNullOrEmpty, [switch] $Throw,
        [Parameter(Position = 0)] $Expected, [string] $ErrorId)
    begin { $all = @() }
    process { $all += , $Actual }
    end {
        $value = if ($all.Count -eq 1) { $all[0] } else { $all }
        $why = "$value"
        $holds = if ($Be) { $value -eq $Expected }
            elseif ($Match) { "$value" -match $Expected }
            elseif ($BeNullOrEmpty) { $null -eq $value -or "$value" -eq '' }
            elseif ($Throw) {
                $thrown = $null
                try { $null = & $value } catch { $thrown = $_ }
                $why = if ($thrown) { "$($thrown.FullyQualifiedErrorId) $thrown" } else { 'nothing was thrown' }
                $null -ne $thrown -and (-not $ErrorId -or $thrown.FullyQualifiedErrorId -like $ErrorId)
            } else { throw 'The shim does not know this assertion.' }
        if ([bool]$holds -eq [bool]$Not) { throw "expected $(if ($Not) { 'not ' })$Expected$ErrorId, and it is: $why" }
    }
}
