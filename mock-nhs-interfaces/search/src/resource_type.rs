//! Resource types as small numbers.

use crate::query::ResourceType;

impl ResourceType {
    /// The type with this name; upper and lower case matter.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let place = definitions::resource_types().binary_search(&name).ok()?;
        u8::try_from(place).ok().map(Self)
    }

    /// The type's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        definitions::resource_types()
            .get(usize::from(self.0))
            .copied()
            .unwrap_or_default()
    }

    /// All types, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX)
            .zip(definitions::resource_types())
            .map(|(place, _)| Self(place))
    }
}

#[cfg(test)]
mod tests {
    use super::ResourceType;

    #[test]
    fn every_type_has_a_number_and_finds_it_again() {
        assert_eq!(ResourceType::all().count(), definitions::resource_types().len());
        for one in ResourceType::all() {
            assert_eq!(ResourceType::parse(one.name()), Some(one));
        }
        assert_eq!(ResourceType::parse("patient"), None);
    }
}
