BeforeAll {
    $secret = '0123456789abcdef' * 4
}

Describe 'Tokens' {
    It 'signs a token that can be read again' {
        $token = New-Jwt -Algorithm HS256 -Issuer 'SPE Remoting' -Audience https://cm.example.test -Name 'sitecore\admin' -SecretKey $secret
        (ConvertFrom-JwtHeader $token).alg | Should -Be 'HS256'
        $claims = ConvertFrom-JwtPayload $token
        $claims.name | Should -Be 'sitecore\admin'
        ($claims.exp - $claims.iat) | Should -Be 30
    }

    It 'writes the key id into the header' {
        $token = New-Jwt HS512 -Issuer i -Audience a -KeyId key-1 -SecretKey $secret
        (ConvertFrom-JwtHeader $token).kid | Should -Be 'key-1'
    }

    It 'refuses what is no token' {
        { ConvertFrom-JwtPayload 'no token' } | Should -Throw
    }

    It 'refuses a secret that is too short' {
        { New-Jwt HS512 -Issuer i -Audience a -SecretKey 'short' } | Should -Throw
    }
}
