//! What all files say together, for people.

use std::path::Path;

use super::{OAUTH_TYPE, PROVIDER, SECRET, merge_files, sitecore};

fn shown(files: &[(&str, &str)]) -> Vec<String> {
    let merged = merge_files(files, &[("SECRET", SECRET)], &mut Vec::new(), &mut Vec::new()).unwrap();
    merged.show(Path::new("/data"))
}

/// Each value with the file and line it came from.
#[test]
fn values_come_with_their_place() {
    let base = sitecore(
        "<settings><setting name='Spe.LogFormat' value='json'/></settings>
         <powershell><services>
           <remoting enabled='false'><authorization>
             <add Permission='Allow' IdentityType='Role' Identity='sitecore\\A'/>
           </authorization></remoting>
         </services></powershell>",
    );
    let patch = sitecore("<powershell><services>\n<remoting set:enabled='true'/></services></powershell>");
    let lines = shown(&[("/data/Spe.config", &base), ("/data/z/b.config", &patch)]);
    for line in [
        "settings/setting[Spe.LogFormat]/@value = json  (Spe.config:2)",
        "powershell/services/remoting/@enabled = true  (z/b.config:3)",
        "powershell/services/remoting/authorization/add[sitecore\\A]/@Permission = Allow  (Spe.config:5)",
    ] {
        assert!(lines.iter().any(|known| known == line), "{line} is not in {lines:#?}");
    }
}

/// The issue: secrets and credentials in URLs are masked, and values of the environment stay there.
#[test]
fn secrets_are_masked() {
    let base = sitecore(&format!(
        "<powershell>
           <authenticationProvider type='{PROVIDER}'><SharedSecret>{SECRET}</SharedSecret></authenticationProvider>
           <authenticationProviders>
             <a type='{PROVIDER}'><sharedSecret>hunter2$(env:SECRET)</sharedSecret></a>
             <b type='{OAUTH_TYPE}'>
               <jwksUri>https://me:hunter2@idp/keys?api_key=hunter2&amp;v=1#hunter2</jwksUri>
               <usernameClaim>$(env:SECRET)</usernameClaim>
               <allowedAudiences><audience>A</audience><audience>B</audience></allowedAudiences>
               <requiredScopes/>
             </b>
           </authenticationProviders>
         </powershell>"
    ));
    let lines = shown(&[("/data/Spe.config", &base)]);
    let all = lines.join("\n");
    assert!(!all.contains("hunter2") && !all.contains(SECRET), "{all}");
    for part in [
        "authenticationProvider/SharedSecret = ***  (Spe.config:3)",
        "a/sharedSecret = *** from $(env:SECRET)  (",
        "b/jwksUri = https://***@idp/keys?api_key=***&v=1#***  (",
        "b/usernameClaim = $(env:SECRET)  (",
        "allowedAudiences/audience[2] = B  (",
        "requiredScopes = (empty)  (",
    ] {
        assert!(all.contains(part), "{part} is not in {all}");
    }
}
