namespace SPE.Scripts;

/// <summary>
/// What a server of 8.x is asked by script, since it takes the actions <c>test</c> and <c>cleanup</c> for scripts without text and
/// answers 400 (client-module.md 25.2).
/// </summary>
internal static class OldServerScripts
{
    /// <summary>What the removal tells when nothing is left.</summary>
    public const string NoneLeft = "left:0";

    /// <summary>What the connection test of later servers tells.</summary>
    public static RemoteScript Versions { get; } = new(
        """
        @{
            SPEVersion = "$($PSVersionTable.SPEVersion)"
            SitecoreVersion = "$($PSVersionTable.SitecoreVersion)"
            CurrentTime = [datetime]::UtcNow
        }
        """,
        Arguments: null);

    /// <summary>
    /// Removes the sessions of an id as they become idle, for a bounded time, and tells how many are left. It has to run in a session of
    /// another id, or it would wait for itself.
    /// </summary>
    public static RemoteScript Remove(string sessionId, int seconds) => RemoteScript.Of(
        $$"""
        for ($second = 0; ; $second++) {
            $sessions = @(Get-ScriptSession -Id $params.id -ErrorAction SilentlyContinue)
            $busy = @($sessions | Where-Object { "$($_.State)" -eq 'Busy' })
            $sessions | Where-Object { "$($_.State)" -ne 'Busy' } | Remove-ScriptSession
            if ($busy.Count -eq 0 -or $second -ge {{seconds}}) {
                "left:$($busy.Count)"
                return
            }
            Start-Sleep -Seconds 1
        }
        """,
        "id",
        sessionId);
}
