//! The scenarios that come with the program: `platform/scenarios/*.toml`, in the order in which pages show them.

/// A scenario that comes with the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shipped {
    /// Its name in addresses and commands.
    pub(crate) name: &'static str,
    /// The file.
    pub(crate) text: &'static str,
}

macro_rules! shipped {
    ($name:literal) => {
        Shipped {
            name: $name,
            text: include_str!(concat!("../../../scenarios/", $name, ".toml")),
        }
    };
}

/// Every one.
pub(crate) const SHIPPED: &[Shipped] = &[
    shipped!("pds-is-slow"),
    shipped!("pds-is-down"),
    shipped!("fails-once"),
    shipped!("too-many-requests"),
    shipped!("token-runs-out"),
    shipped!("somebody-saves-first"),
    shipped!("answer-breaks-off"),
    shipped!("no-answer"),
    shipped!("switched-off"),
    shipped!("not-json"),
    shipped!("wrong-person"),
    shipped!("number-withdrawn"),
    shipped!("one-in-three-fails"),
    shipped!("trickling"),
    shipped!("friday-evening"),
    shipped!("turns-eighteen"),
    shipped!("clocks-go-back"),
];

#[cfg(test)]
mod tests {
    use super::SHIPPED;

    #[test]
    fn every_file_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let mut listed: Vec<String> = SHIPPED
            .iter()
            .map(|shipped| format!("{}.toml", shipped.name))
            .collect();
        listed.sort();
        assert_eq!(listed, files);
    }
}
