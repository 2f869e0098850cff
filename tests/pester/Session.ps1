# Makes a session of what the environment says; see README.md.
function New-TestSession([string] $Uri = $env:SPE_URI) {
    if (-not $Uri) { throw 'SPE_URI is not set: it names the server to test against.' }
    $options = @{ ConnectionUri = $Uri }
    if ($env:SPE_HTTP_OPTION) { $options.HttpOption = & ([scriptblock]::Create($env:SPE_HTTP_OPTION)) }
    if ($env:SPE_TOKEN) {
        $options.AccessToken = $env:SPE_TOKEN
    } elseif ($env:SPE_KEY_ID) {
        $options.AccessKeyId = $env:SPE_KEY_ID
        $options.SharedSecret = $env:SPE_SECRET
    } elseif ($env:SPE_SECRET) {
        $options.Username = $env:SPE_USER
        $options.SharedSecret = $env:SPE_SECRET
    } elseif ($env:SPE_PASSWORD) {
        $options.Username = $env:SPE_USER
        $options.Password = $env:SPE_PASSWORD
    } else {
        throw 'No credential is set: SPE_TOKEN, SPE_KEY_ID with SPE_SECRET, SPE_USER with SPE_SECRET, or SPE_USER with SPE_PASSWORD.'
    }
    New-ScriptSession @options
}
