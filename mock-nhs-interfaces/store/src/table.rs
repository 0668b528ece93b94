//! The tables, and the one byte that stands for each on disk.

use std::fmt;

/// A kind of rows. Every workspace has every table.
///
/// Invariant: a number, once given, belongs to that table for ever, also after the table is gone: it is the first
/// byte of every key on disk and in every dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The workspaces, in [`WorkspaceId::PLATFORM`](crate::WorkspaceId::PLATFORM).
    Workspaces,
    /// The apps of a workspace.
    Apps,
    /// The versions of a workspace's apps.
    Versions,
    /// What the apps of a workspace keep for themselves.
    Values,
    /// The secrets of a workspace's apps.
    Secrets,
    /// When the apps of a workspace are to be run without anybody asking.
    Schedules,
    /// Which layers of the log of records make a workspace, in [`WorkspaceId::PLATFORM`](crate::WorkspaceId::PLATFORM).
    RecordHeads,
    /// The versions of resources that workspaces made, in layers that several workspaces can share; in
    /// [`WorkspaceId::PLATFORM`](crate::WorkspaceId::PLATFORM).
    RecordLog,
    /// The FHIR packages that are installed, in [`WorkspaceId::PLATFORM`](crate::WorkspaceId::PLATFORM).
    Packages,
    /// The applications that are registered to call the interfaces of a workspace; in
    /// [`WorkspaceId::PLATFORM`](crate::WorkspaceId::PLATFORM), the key that signs what the login says.
    Applications,
    /// The clock, the faults and the scenario of a workspace.
    Conditions,
    /// The interfaces that a workspace added from OpenAPI documents.
    Interfaces,
    /// What people are writing in the browser and have not deployed yet, and the links that show a version.
    Drafts,
}

impl Table {
    /// Every table, in the order of their numbers.
    pub const ALL: &'static [Self] = &[
        Self::Workspaces,
        Self::Apps,
        Self::Versions,
        Self::Values,
        Self::Secrets,
        Self::Schedules,
        Self::RecordHeads,
        Self::RecordLog,
        Self::Packages,
        Self::Applications,
        Self::Conditions,
        Self::Interfaces,
        Self::Drafts,
    ];

    /// The number of this table on disk, 1 to 16. Zero and everything above are taken by the engines.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Workspaces => 1,
            Self::Apps => 2,
            Self::Versions => 3,
            Self::Values => 4,
            Self::Secrets => 5,
            Self::Schedules => 6,
            Self::RecordHeads => 7,
            Self::RecordLog => 8,
            Self::Packages => 9,
            Self::Applications => 10,
            Self::Conditions => 11,
            Self::Interfaces => 12,
            Self::Drafts => 13,
        }
    }

    /// The table with this number, unless this version of the program does not know it.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|table| table.byte() == byte)
    }

    /// The name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Workspaces => "workspaces",
            Self::Apps => "apps",
            Self::Versions => "versions",
            Self::Values => "values",
            Self::Secrets => "secrets",
            Self::Schedules => "schedules",
            Self::RecordHeads => "record-heads",
            Self::RecordLog => "record-log",
            Self::Packages => "packages",
            Self::Applications => "applications",
            Self::Conditions => "conditions",
            Self::Interfaces => "interfaces",
            Self::Drafts => "drafts",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn every_table_has_its_own_number_between_1_and_16() {
        for (position, table) in Table::ALL.iter().enumerate() {
            assert!(
                (1..=16).contains(&table.byte()),
                "{table} is outside the range of tables"
            );
            assert_eq!(Table::from_byte(table.byte()), Some(*table));
            assert_eq!(
                Table::ALL.iter().position(|other| other.byte() == table.byte()),
                Some(position)
            );
        }
        assert_eq!(Table::from_byte(0), None);
        assert_eq!(Table::from_byte(17), None);
    }
}
