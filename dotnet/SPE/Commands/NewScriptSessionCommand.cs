using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using SPE.Session;

namespace SPE.Commands;

/// <summary>New-ScriptSession: an object that says where to call and as whom. Nothing is sent (client-module.md 6).</summary>
[Cmdlet(VerbsCommon.New, "ScriptSession", DefaultParameterSetName = AllSet)]
[OutputType(typeof(PSObject))]
public sealed class NewScriptSessionCommand : PSCmdlet
{
    private const string AllSet = "All";
    private const string PasswordSet = "Password";
    private const string SecretSet = "SharedSecret";
    private const string KeySet = "AccessKey";
    private const string TokenSet = "AccessToken";

    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    [Parameter(Mandatory = true, ParameterSetName = PasswordSet)]
    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    [ValidateNotNullOrEmpty]
    public string Username { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = PasswordSet)]
    [ValidateNotNullOrEmpty]
    public string Password { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    [Parameter(Mandatory = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public string SharedSecret { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public string AccessKeyId { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = TokenSet)]
    [ValidateNotNullOrEmpty]
    public string AccessToken { get; set; } = "";

    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public Uri[] ConnectionUri { get; set; } = [];

    /// <summary>Seconds. Kept on the session and not enforced: no call has a hidden clock .</summary>
    [Parameter]
    public int Timeout { get; set; }

    [Parameter(ParameterSetName = PasswordSet)]
    [Parameter(ParameterSetName = SecretSet)]
    [Parameter(ParameterSetName = "Credential")]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = PasswordSet)]
    [Parameter(ParameterSetName = SecretSet)]
    [Parameter(ParameterSetName = "DefaultCredentials")]
    public SwitchParameter UseDefaultCredentials { get; set; }

    [Parameter(ParameterSetName = SecretSet)]
    [Parameter(ParameterSetName = KeySet)]
    [ValidateSet("HS256", "HS384", "HS512")]
    public string Algorithm { get; set; } = "HS256";

    [Parameter]
    public IDictionary? HttpOption { get; set; }

    protected override void EndProcessing()
    {
        var options = ConnectionOptions.Keep(this, HttpOption);
        WriteObject(SessionObject.Create(ConnectionUri, new Dictionary<string, object?>
        {
            ["Username"] = Username, ["Password"] = Password, ["SharedSecret"] = SharedSecret, ["AccessKeyId"] = AccessKeyId,
            ["AccessToken"] = AccessToken, ["Credential"] = Credential, ["Timeout"] = Timeout, ["HttpOption"] = options,
            ["UseDefaultCredentials"] = UseDefaultCredentials.IsPresent, ["Algorithm"] = Credentials.Algorithm(Algorithm),
        }));
    }
}
