namespace SPE.Scripts;

/// <summary>
/// What the module runs on the server to follow a job. The id travels as an argument, so that no id can become code. Only
/// commands that collecting a job needs anyway are used, so a policy that allows the one allows the other.
/// </summary>
internal static class JobScripts
{
    /// <summary>Starts a script of the module's own as a job and gives its id (client-module.md 8.4).</summary>
    public static RemoteScript Start(string script) => new(RemoteScript.AsJob(script), Arguments: null);

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

    /// <summary>
    /// The errors of a job that did not end it, on servers that lose what ended it (CM-D-04). It comes before the results are received,
    /// since that removes the job.
    /// </summary>
    public static RemoteScript LastErrors(string id) => RemoteScript.Of(
        "Get-ScriptSession -Id $params.id -ErrorAction SilentlyContinue | ForEach-Object { $_.LastErrors }",
        "id",
        id);

    /// <summary>
    /// Asks how a Sitecore job is, on servers without the wait route (client-module.md 13). The calls of .NET in it are what a
    /// constrained policy forbids.
    /// </summary>
    public static RemoteScript PollSitecore(string id) => RemoteScript.Of(
        """
        $handle = [Sitecore.Handle]::Parse($params.id)
        $job = [Sitecore.Jobs.JobManager]::GetJob($handle)
        if ($null -eq $job) {
            @{ Name = $params.id; IsDone = $true; IsFailed = $false; Status = 'No longer exists' }
            return
        }
        $status = $job.Status
        $state = $status.State
        $processed = $status.Processed
        if ("$($job.Category)" -eq 'publish' -and $processed -gt 0) {
            $publish = [Sitecore.Publishing.PublishManager]::GetStatus($handle)
            if ($null -ne $publish) {
                $state = $publish.State
                $processed = $publish.Processed
            }
        }
        @{
            Name = "$($job.Name)" -replace 'Index_Update_IndexName=', ''
            IsDone = [bool]$job.IsDone -or [bool]$status.Failed
            IsFailed = [bool]$status.Failed
            Status = "$state and processed $processed"
        }
        """,
        "id",
        id);
}
