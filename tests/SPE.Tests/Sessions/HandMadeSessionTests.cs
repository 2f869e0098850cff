using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Sessions;

/// <summary>client-module.md 2 and 3: a session is any object with the right properties, read at every call.</summary>
public sealed class HandMadeSessionTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>Missing properties mean empty, and Connection may hold strings.</summary>
    [Theory, BothLanguages]
    public void HandMadeObjectIsASession(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var value = shell.Run(
            """
            $connection = New-Object psobject -Property @{ BaseUri = "$uri" }
            $mine = New-Object psobject -Property @{
                Username = $user; SharedSecret = $secret; SessionId = 'hand-made'; Connection = @($connection) }
            Invoke-RemoteScript -Session $mine -ScriptBlock { 40 + 2 }
            """);
        Assert.Equal(42, value.Value);
    }

    /// <summary>client-module.md 3: a copy is independent, so its changes do not reach the first one.</summary>
    [Fact]
    public void CopyIsIndependentAndWorks()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            $copy = $s.PSObject.Copy()
            $copy.SessionId = 'copied'; $copy.PersistentSession = $true
            $s.PersistentSession
            Invoke-RemoteScript -Session $copy -ScriptBlock { 'from the copy' }
            """);
        Assert.Equal([false, "from the copy"], values.NoErrors().Values);
    }

    /// <summary>client-module.md 2: $null is rejected by validation.</summary>
    [Theory]
    [InlineData("Invoke-RemoteScript -Session $null -ScriptBlock { 1 }")]
    [InlineData("Wait-RemoteScriptSession -Session $null -Id x")]
    [InlineData("Test-RemoteConnection -Session $null")]
    [InlineData("Stop-ScriptSession -Session $null")]
    public void NullSessionIsAParameterError(string script)
    {
        using var shell = Shell.Open();
        Assert.IsAssignableFrom<ParameterBindingException>(shell.Run(script).TerminatingError().Exception);
    }

    /// <summary>CM-D-27: a session without a connection is a clear error, not silence.</summary>
    [Theory]
    [InlineData("Invoke-RemoteScript -Session $empty -ScriptBlock { 1 }")]
    [InlineData("Wait-RemoteScriptSession -Session $empty -Id x")]
    public void SessionWithoutConnectionIsAnError(string script)
    {
        using var shell = Shell.Open();
        var result = shell.Run(
            "$empty = New-Object psobject -Property @{ SessionId = 'x'; Username = 'u' }; " + script);
        var error = result.Terminating ?? result.SingleError();
        Assert.Contains("onnection", error.ToString(), System.StringComparison.Ordinal);
    }
}
