//! The table of interfaces. A new one is a folder here and one line in [`ALL`].

mod gp_connect;
mod gp_connect_access_record;
mod gp_connect_appointments;
mod hello_world;
mod immunisation;
pub(crate) mod mesh;
mod notify;
mod oauth2;
mod ods;
mod pds;

use crate::Interface;

/// Every interface, in the order that pages show them.
pub(crate) static ALL: &[Interface] = &[
    pds::INTERFACE,
    gp_connect_access_record::INTERFACE,
    gp_connect_appointments::INTERFACE,
    gp_connect::INTERFACE,
    ods::INTERFACE,
    immunisation::INTERFACE,
    notify::INTERFACE,
    mesh::INTERFACE,
    hello_world::INTERFACE,
    oauth2::INTERFACE,
];

/// The interface whose prefix `path` starts with, and the rest of the path.
pub(crate) fn find(path: &str) -> Option<(&'static Interface, &str)> {
    ALL.iter()
        .find_map(|interface| interface.below_prefix(path).map(|rest| (interface, rest)))
}
