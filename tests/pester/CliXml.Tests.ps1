Describe 'CliXml' {
    It 'brings values back' {
        $values = 1, 'two', $true | ConvertTo-CliXml | ConvertFrom-CliXml
        $values[1] | Should -Be 'two'
        $values[2] | Should -Be $true
    }

    It 'takes an array as an argument' {
        @(ConvertTo-CliXml -InputObject 1, 2 | ConvertFrom-CliXml).Count | Should -Be 2
    }

    It 'stays the command of this module' {
        (Get-Command ConvertTo-CliXml).Source | Should -Be 'SPE'
        (Get-Command ConvertFrom-CliXml).Source | Should -Be 'SPE'
    }

    It 'refuses a document type' {
        $text = '<!DOCTYPE Objs [<!ENTITY x "y">]><Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S>&x;</S></Objs>'
        { ConvertFrom-CliXml $text -ErrorAction Stop } | Should -Throw -ErrorId 'Spe.Remoting.InvalidCliXml*'
    }
}
