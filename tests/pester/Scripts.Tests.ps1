BeforeAll {
    . (Join-Path $PSScriptRoot 'Session.ps1')
    $session = New-TestSession
}

AfterAll {
    Stop-ScriptSession -Session $session
}

Describe 'Scripts' {
    It 'gives back objects' {
        $numbers = Invoke-RemoteScript -Session $session -ScriptBlock { 1, 2, 3 }
        $numbers.Count | Should -Be 3
        $numbers[2] | Should -Be 3
    }

    It 'gives back text with -Raw' {
        Invoke-RemoteScript -Session $session -Raw -ScriptBlock { 'plain' } | Should -Be 'plain'
    }

    It 'takes arguments as params' {
        Invoke-RemoteScript -Session $session -Arguments @{ name = 'home' } -ScriptBlock { $params.name } | Should -Be 'home'
    }

    It 'takes local values with using' {
        $local = 'here'
        Invoke-RemoteScript -Session $session -ScriptBlock { "$using:local and there" } | Should -Be 'here and there'
    }

    It 'takes properties with using' {
        $item = @{ Name = 'root' }
        Invoke-RemoteScript -Session $session -ScriptBlock { $using:item.Name } | Should -Be 'root'
    }

    It 'writes an error for a script that throws' {
        { Invoke-RemoteScript -Session $session -ScriptBlock { throw 'the remote reason' } -ErrorAction Stop } | Should -Throw
    }

    It 'keeps variables of a persistent session until it is stopped' {
        $kept = New-TestSession
        $kept.PersistentSession = $true
        Invoke-RemoteScript -Session $kept -ScriptBlock { $counter = 41 }
        Invoke-RemoteScript -Session $kept -ScriptBlock { $counter + 1 } | Should -Be 42
        Stop-ScriptSession -Session $kept
    }

    It 'runs one script after the other many times' {
        foreach ($number in 1..20) {
            $own = New-TestSession
            Invoke-RemoteScript -Session $own -Arguments @{ n = $number } -ScriptBlock { $params.n } | Should -Be $number
            Stop-ScriptSession -Session $own
        }
    }

    It 'runs the block here when there is no session' {
        Invoke-RemoteScript -ScriptBlock { 'here' } | Should -Be 'here'
    }
}
