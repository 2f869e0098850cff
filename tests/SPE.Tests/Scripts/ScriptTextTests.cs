using System;
using System.Linq;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>client-module.md 8.1, 8.4 and 10: what becomes of a script's text on its way.</summary>
public sealed class ScriptTextTests
{
    /// <summary>8.1 step 2: the preference is set first, behind what PowerShell wants to be first.</summary>
    [Theory]
    [InlineData("{1}", "$WhatIfPreference = $true\n1<#id-1#>")]
    [InlineData("{param($a) $a}", "param($a)\n$WhatIfPreference = $true\n $a<#id-1#>")]
    [InlineData("{begin { 1 } end { 2 }}", "begin { $WhatIfPreference = $true;  1 } end { 2 }<#id-1#>")]
    public async Task WhatIfIsSetBeforeAllElse(string block, string expected)
    {
        var text = await Send($"Invoke-RemoteScript -Session $s -WhatIf -ScriptBlock {block}");
        Assert.Equal(expected, text);
    }

    /// <summary>8.4: a comment at the end of the script does not swallow the brace of the job.</summary>
    [Fact]
    public async Task CommentAtTheEndOfAJobIsOnlyAComment()
    {
        var text = await Send("Invoke-RemoteScript -Session $s -AsJob -ScriptBlock {1 # one\n}");
        Assert.StartsWith("Start-ScriptSession -ScriptBlock {1 # one\n\n} -ArgumentList $params | ", text, StringComparison.Ordinal);
    }

    /// <summary>10.3: of a chain its value alone is sent; the session it begins with would bring its secret along.</summary>
    [Fact]
    public async Task PropertyOfAnObjectDoesNotBringTheObject()
    {
        var text = await Send("Invoke-RemoteScript -Session $s -ScriptBlock {$using:s.SessionId}");
        Assert.StartsWith("$params.__using_s_SessionId<#id-1#>", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secrets.Any, text, StringComparison.Ordinal);
    }

    /// <summary>10.1: arguments of the caller are kept, whatever their names.</summary>
    [Fact]
    public async Task ArgumentOfTheSameNameIsKept()
    {
        var text = await Send("$x = 'mine'; Invoke-RemoteScript -Session $s -Arguments @{ __using_x = 'given' } -ScriptBlock {$using:x}");
        Assert.StartsWith("$params.__using_x_2<#id-1#>", text, StringComparison.Ordinal);
        Assert.Contains(">given<", text, StringComparison.Ordinal);
    }

    /// <summary>10.3: indexes that differ by case are different values; names of variables are not.</summary>
    [Fact]
    public async Task EachDistinctExpressionIsSentOnce()
    {
        var text = await Send("$t = @{ k = 1 }; Invoke-RemoteScript -Session $s -ScriptBlock {$using:t.k + $using:T.k + $using:t['k']}");
        Assert.StartsWith("$params.__using_t_k + $params.__using_t_k + $params.__using_t__k__<#id-1#>", text, StringComparison.Ordinal);
    }

    /// <summary>A splat that has nowhere to become a variable is refused, not sent broken.</summary>
    [Fact]
    public async Task SplatInAParamBlockIsRefused()
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(server);
        var error = shell.Run("$p = @{}; Invoke-RemoteScript -Session $s -ScriptBlock { param($a = (Get-Date @using:p)) $a }").TerminatingError();
        Assert.StartsWith("Spe.Remoting.UsingNotPossible", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>decisions.md, InProcess set: -WhatIf holds for a block that runs here as well.</summary>
    [Fact]
    public void WhatIfHoldsForABlockThatRunsHere()
    {
        using var shell = Shell.Open();
        var values = shell.Run("Invoke-RemoteScript -WhatIf -ScriptBlock { [bool]$WhatIfPreference; 'second' }; [bool]$WhatIfPreference");
        Assert.Equal([true, "second", false], values.NoErrors().Values);
    }

    private static async Task<string> Send(string script)
    {
        await using var server = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(server);
        var result = shell.Run("$s.SessionId = 'id-1'; " + script);
        Assert.True(server.Requests.Count == 1, result.Describe("Expected one request."));
        return server.Requests[0].Text;
    }
}
