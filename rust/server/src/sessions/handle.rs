//! Sitecore-style job handles: `{GUID};instance` (wire protocol 6.4).

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

/// Longest handle that is looked at, in bytes.
const MAX_LEN: usize = 256;

/// A handle: a GUID and the name of the server process that gave it out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Handle {
    guid: Uuid,
    instance: Arc<str>,
}

impl Handle {
    /// A new handle of this server process.
    pub fn new(instance: Arc<str>) -> Self {
        Self {
            guid: Uuid::new_v4(),
            instance,
        }
    }

    /// Reads a handle. Letters of the GUID may have any case. `None` for anything that is not one.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LEN {
            return None;
        }
        let (guid, instance) = text.strip_prefix('{')?.split_once("};")?;
        let legal = |byte: u8| byte.is_ascii_graphic();
        if guid.len() != 36 || instance.is_empty() || !instance.bytes().all(legal) {
            return None;
        }
        Some(Self {
            guid: Uuid::try_parse(guid).ok()?,
            instance: instance.into(),
        })
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = Uuid::encode_buffer();
        let guid = self.guid.hyphenated().encode_upper(&mut buffer);
        write!(f, "{{{guid}}};{}", self.instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let handle = Handle::new("one".into());
        assert_eq!(Handle::parse(&handle.to_string()), Some(handle.clone()));
        assert_eq!(Handle::parse(&handle.to_string().to_lowercase()), Some(handle));
    }

    #[test]
    fn anything_else_is_no_handle() {
        let guid = "110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9";
        for text in [
            String::new(),
            guid.to_owned(),
            format!("{{{guid}}}"),
            format!("{{{guid}}};"),
            format!("{{{guid}}};a b"),
            format!("{{{}}};x", guid.replace('-', "")),
            format!("{{{guid}}};{}", "x".repeat(300)),
            "*".to_owned(),
        ] {
            assert_eq!(Handle::parse(&text), None, "{text}");
        }
    }
}
