//! Making and changing trees.

use super::Json;

impl Json {
    /// A string.
    #[must_use]
    pub fn string(text: impl Into<Box<str>>) -> Json {
        Json::String(text.into())
    }

    /// A whole number.
    #[must_use]
    pub fn integer(value: i64) -> Json {
        Json::Number(value.to_string().into())
    }

    /// An object with these members, in this order.
    #[must_use]
    pub fn object<K: Into<Box<str>>>(members: impl IntoIterator<Item = (K, Json)>) -> Json {
        Json::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        self.as_object_mut()?
            .iter_mut()
            .find(|(name, _)| &**name == key)
            .map(|(_, value)| value)
    }

    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Json>> {
        if let Json::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    pub fn as_object_mut(&mut self) -> Option<&mut Vec<(Box<str>, Json)>> {
        if let Json::Object(members) = self {
            Some(members)
        } else {
            None
        }
    }

    /// Gives an object's member a value, where it stands or at the end. Returns the value before; of anything but an
    /// object nothing changes.
    pub fn set(&mut self, key: &str, value: Json) -> Option<Json> {
        if let Some(place) = self.get_mut(key) {
            return Some(std::mem::replace(place, value));
        }
        if let Some(members) = self.as_object_mut() {
            members.push((key.into(), value));
        }
        None
    }

    /// Takes a member out of an object; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let members = self.as_object_mut()?;
        let place = members.iter().position(|(name, _)| &**name == key)?;
        Some(members.remove(place).1)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::String(text.into())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Json {
        Json::Array(items)
    }
}
