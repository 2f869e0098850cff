BeforeAll {
    . (Join-Path $PSScriptRoot 'Session.ps1')
    $session = New-TestSession
}

Describe 'Connection' {
    It 'answers a connection test with versions and time' {
        $answer = Test-RemoteConnection -Session $session
        $answer.SPEVersion | Should -Not -BeNullOrEmpty
        $answer.CurrentTime | Should -Not -BeNullOrEmpty
    }

    It 'is true in one word' {
        Test-RemoteConnection -Session $session -Quiet | Should -Be $true
    }

    It 'is false and no error where nothing listens' {
        $nowhere = New-TestSession -Uri 'http://127.0.0.1:1'
        Test-RemoteConnection -Session $nowhere -Quiet | Should -Be $false
    }

    It 'refuses a wrong secret with an error that can be caught' {
        $wrong = New-ScriptSession -ConnectionUri $session.Connection[0].BaseUri -Username 'nobody' -SharedSecret ('0123456789abcdef' * 4)
        { Invoke-RemoteScript -Session $wrong -ScriptBlock { 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'Spe.Remoting.Unauthorized*'
    }

    It 'names the layer of a connection that cannot be made' {
        $nowhere = New-TestSession -Uri 'http://127.0.0.1:1'
        { Invoke-RemoteScript -Session $nowhere -ScriptBlock { 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'Spe.Remoting.ConnectFailed*'
    }

    It 'waits until the server runs jobs' {
        { Wait-RemoteConnection $session -TimeoutSeconds 120 } | Should -Not -Throw
    }

    It 'does not show secrets' {
        "$session" | Should -Not -Match 'SharedSecret=[^;}]'
    }

    It 'can be stopped more than once' {
        { Stop-ScriptSession -Session $session -WarningAction Stop } | Should -Not -Throw
        { Stop-ScriptSession -Session $session -WarningAction Stop } | Should -Not -Throw
    }
}
