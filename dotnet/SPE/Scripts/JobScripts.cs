namespace SPE.Scripts;

/// <summary>
/// What the module runs on the server to follow a job. The id travels as an argument, so that no id can become code. Only
/// commands that collecting a job needs anyway are used, so a policy that allows the one allows the other.
/// </summary>
internal static class JobScripts
{
    /// <summary>
    /// Hands over the results (client-module.md 12.4). What failed in the job was told by the wait, so it is not told again.
    /// </summary>
    public static RemoteScript Receive(string id) => RemoteScript.Of(
        "Get-ScriptSession -Id $params.id -ErrorAction SilentlyContinue | Receive-ScriptSession -ErrorAction SilentlyContinue",
        "id",
        id);

    /// <summary>Asks how the job is, on servers without the wait route (client-module.md 12.5).</summary>
    public static RemoteScript Poll(string id) => RemoteScript.Of(
        """
        $job = Get-ScriptSession -Id $params.id -ErrorAction SilentlyContinue
        $state = if ($null -eq $job) { 'Unknown' } else { "$($job.State)" }
        @{ Name = $params.id; IsDone = $null -eq $job -or $state -ne 'Busy'; Status = $state }
        """,
        "id",
        id);
}
