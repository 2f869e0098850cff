//! JSON as tokens may have it: one object in strict grammar, bounded, no member twice (1.5, S5 to S7).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How much a text may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most levels of objects and arrays, the outermost included.
    pub(crate) depth: usize,
    /// Most members of one object.
    pub(crate) members: usize,
    /// Most elements of one array.
    pub(crate) elements: usize,
}

/// What the parts of a token may hold (S6).
pub(crate) const TOKEN: Limits = Limits {
    depth: 8,
    members: 64,
    elements: 256,
};

/// The object that `text` is, or `None` when it is anything else (AU-D-08). Names are compared after their escapes are
/// resolved, so that no second spelling hides a member.
pub(crate) fn object(text: &[u8], limits: Limits) -> Option<Map<String, Value>> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { limits }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// Reads one value; the depth is the number of levels left.
struct Strict {
    limits: Limits,
}

impl Strict {
    fn inner<E: Error>(&self) -> Result<Limits, E> {
        let depth = self.limits.depth.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Limits { depth, ..self.limits })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let limits = self.inner()?;
        let mut elements = Vec::new();
        while let Some(element) = access.next_element_seed(Strict { limits })? {
            if elements.len() == limits.elements {
                return Err(A::Error::custom("too many elements"));
            }
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let limits = self.inner()?;
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if members.len() == limits.members {
                return Err(A::Error::custom("too many members"));
            }
            if members.contains_key(&name) {
                return Err(A::Error::custom("a member stands twice"));
            }
            let value = access.next_value_seed(Strict { limits })?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}
