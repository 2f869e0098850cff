BeforeAll {
    . (Join-Path $PSScriptRoot 'Session.ps1')
    $session = New-TestSession
}

AfterAll {
    Stop-ScriptSession -Session $session
}

Describe 'Jobs' {
    It 'hands over the results of a job' {
        $id = Invoke-RemoteScript -Session $session -AsJob -ScriptBlock { 'first'; 'second' }
        $id | Should -Not -BeNullOrEmpty
        $results = Wait-RemoteScriptSession -Session $session -Id $id
        $results[1] | Should -Be 'second'
    }

    It 'hands over text with -Raw' {
        $id = Invoke-RemoteScript -Session $session -AsJob -Raw -ScriptBlock { 'only' }
        Wait-RemoteScriptSession -Session $session -Id $id -Raw | Should -Be 'only'
    }

    It 'takes arguments and local values into the job' {
        $local = 'local'
        $id = Invoke-RemoteScript -Session $session -AsJob -Arguments @{ name = 'given' } -ScriptBlock { "$name and $using:local" }
        Wait-RemoteScriptSession -Session $session -Id $id -Raw | Should -Be 'given and local'
    }

    It 'warns of a job that nobody knows' {
        $warnings = $null
        Wait-RemoteScriptSession -Session $session -Id ([guid]::NewGuid()) -WarningVariable warnings -WarningAction SilentlyContinue
        @($warnings).Count | Should -Be 1
    }

    It 'ends a wait for Sitecore jobs that are over' {
        { Wait-RemoteSitecoreJob -Session $session -Ids "{$([guid]::NewGuid())};none", "{$([guid]::NewGuid())};none" -ErrorAction Stop } | Should -Not -Throw
    }
}
