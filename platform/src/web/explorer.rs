//! The explorer: interfaces as cards, an operation as a sentence with a form, and its answer in four views.

mod answer;
mod beginning;
mod cards;
mod code;
pub(crate) mod difference;
mod explained;
mod faults;
mod fhir_server;
mod form;
pub(crate) mod history;
mod interface;
mod known;
mod links;
mod login;
mod operation;
mod people;
mod record;
mod request;
mod send;
mod table;

pub(super) use beginning::{Beginning, beginning};
pub(super) use cards::read_interfaces;
pub(super) use interface::read_interface;
pub(super) use known::all as all_interfaces;
pub(super) use links::escaped;
pub(super) use operation::{read_body, read_operation, send_again, send_operation};
