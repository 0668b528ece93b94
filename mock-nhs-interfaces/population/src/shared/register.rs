//! The organisations as the NHS's register has them: their roles, how they belong together, and what was taken out.

mod documented;

use fhir_types::authored::Code;
use fhir_types::directory::{Affiliation, Deletion, Deletions, HeldRole, Organisation, Postal, Registration};
use time::macros::{date, datetime};
use time::{Date, Duration};

use super::places::{HOSPITALS, PRACTICES};
use super::{All, add, head};
use crate::codes::{fhir, ods};

/// When the register of the seed begins.
const FOUNDED: Date = date!(2013 - 04 - 01);
/// The entries were last changed on this day and the days after it, one a day.
const FIRST_CHANGE: Date = date!(2025 - 01 - 06);
const ASSIGNER: &str = "NHS ENGLAND";
const PHARMACIES: &str = "T99F00";

/// One organisation on its way into the register.
struct Entry<'a> {
    ods_code: &'a str,
    name: &'a str,
    phone: &'a str,
    address: Postal<'a>,
    /// The primary role first.
    roles: &'a [Code],
    is_site: bool,
    from: Date,
    until: Option<Date>,
}

/// Writes the register and numbers its entries.
struct Register<'w> {
    all: &'w mut All,
    roles: i32,
    organisations: i64,
    relationships: u32,
}

pub(super) fn write(all: &mut All) {
    documented::write(all);
    let mut register = Register {
        all,
        roles: 990_000,
        organisations: 0,
        relationships: 990_000,
    };
    register.boards();
    register.trusts();
    register.practices();
    register.others();
    register.deletions();
}

impl Register<'_> {
    fn add(&mut self, entry: &Entry<'_>) {
        let roles: Vec<HeldRole> = entry
            .roles
            .iter()
            .map(|role| {
                self.roles += 1;
                HeldRole {
                    instance: self.roles,
                    role: *role,
                    from: entry.from,
                    until: entry.until,
                }
            })
            .collect();
        self.organisations += 1;
        let registration = Registration {
            roles: &roles,
            changed: FIRST_CHANGE.saturating_add(Duration::days(self.organisations)),
            record_use: ods::FULL,
            record_class: if entry.is_site {
                ods::SITE
            } else {
                ods::ORGANISATION
            },
            assigner: ASSIGNER,
            unique_property: "",
        };
        add(
            self.all,
            &Organisation {
                head: head(entry.ods_code, fhir::ORGANIZATION),
                registration,
                name: entry.name,
                phone: entry.phone,
                website: "",
                address: entry.address,
                part_of: "",
            },
        );
    }

    fn relate(&mut self, source: &str, code: Code, target: &str, until: Option<Date>) {
        self.relationships += 1;
        add(
            self.all,
            &Affiliation {
                head: head(&self.relationships.to_string(), fhir::AFFILIATION),
                source,
                target,
                code,
                from: FOUNDED,
                until,
            },
        );
    }

    fn boards(&mut self) {
        for (ods_code, name, city, postcode) in [
            (
                "T99B01",
                "Made-up North Integrated Care Board",
                "Leeds",
                "LS38 2AB",
            ),
            (
                "T99B02",
                "Made-up Midlands Integrated Care Board",
                "Nottingham",
                "NG48 2AB",
            ),
            (
                "T99B03",
                "Made-up South Integrated Care Board",
                "Bristol",
                "BS58 2AB",
            ),
        ] {
            self.add(&Entry {
                ods_code,
                name,
                phone: "",
                address: Postal {
                    line: "4 Board House",
                    city,
                    postcode,
                },
                roles: &[ods::STRATEGIC_PARTNERSHIP, ods::INTEGRATED_CARE_BOARD],
                ..Entry::new()
            });
        }
    }

    /// Every hospital is a trust with a second site, and the practices around it form a network.
    fn trusts(&mut self) {
        for hospital in HOSPITALS {
            let board = board(hospital.ods_code);
            self.add(&Entry {
                ods_code: hospital.ods_code,
                name: hospital.name,
                phone: hospital.phone,
                address: hospital.address(),
                roles: &[ods::NHS_TRUST, ods::FOUNDATION_TRUST],
                ..Entry::new()
            });
            self.relate(hospital.ods_code, ods::LOCATED_IN, board, None);
            let site = format!("{}A", hospital.ods_code);
            self.add(&Entry {
                ods_code: &site,
                name: &format!("{} Outpatient Centre", hospital.name),
                address: Postal {
                    line: "5 Infirmary Way",
                    ..hospital.address()
                },
                roles: &[ods::NHS_TRUST_SITE],
                is_site: true,
                ..Entry::new()
            });
            self.relate(&site, ods::OPERATED_BY, hospital.ods_code, None);
            let network = network(hospital.ods_code);
            self.add(&Entry {
                ods_code: &network,
                name: &format!("{} Made-up Primary Care Network", hospital.city),
                address: Postal {
                    line: "3 Network Row",
                    ..hospital.address()
                },
                roles: &[ods::PRIMARY_CARE_NETWORK],
                ..Entry::new()
            });
            self.relate(&network, ods::COMMISSIONED_BY, board, None);
        }
    }

    fn practices(&mut self) {
        for practice in PRACTICES {
            self.add(&Entry {
                ods_code: practice.ods_code,
                name: practice.name,
                phone: practice.phone,
                address: practice.address(),
                roles: &[ods::PRESCRIBING_COST_CENTRE, ods::GP_PRACTICE],
                ..Entry::new()
            });
            let board = board(practice.hospital);
            self.relate(practice.ods_code, ods::COMMISSIONED_BY, board, None);
            self.relate(practice.ods_code, ods::OPERATED_BY, board, None);
            self.relate(
                practice.ods_code,
                ods::PARTNER_TO,
                &network(practice.hospital),
                None,
            );
        }
        // One that has closed, as registers are full of.
        let closed = Some(date!(2023 - 03 - 31));
        self.add(&Entry {
            ods_code: "T99013",
            name: "Bygone Lane Surgery",
            address: Postal {
                line: "6 Bygone Lane",
                city: "Leeds",
                postcode: "LS37 3AB",
            },
            roles: &[ods::PRESCRIBING_COST_CENTRE, ods::GP_PRACTICE],
            until: closed,
            ..Entry::new()
        });
        self.relate("T99013", ods::COMMISSIONED_BY, board("T99H01"), closed);
    }

    fn others(&mut self) {
        self.add(&Entry {
            ods_code: PHARMACIES,
            name: "Thimble Pharmacies Limited",
            address: Postal {
                line: "7 Dispensary Yard",
                city: "Leeds",
                postcode: "LS38 4AB",
            },
            roles: &[ods::PHARMACY_HEADQUARTER],
            ..Entry::new()
        });
        for hospital in HOSPITALS {
            let ods_code = hospital.ods_code.replace('H', "F");
            self.add(&Entry {
                ods_code: &ods_code,
                name: &format!("Thimble Pharmacy {}", hospital.city),
                address: Postal {
                    line: "8 Dispensary Yard",
                    ..hospital.address()
                },
                roles: &[ods::PHARMACY],
                ..Entry::new()
            });
            self.relate(&ods_code, ods::OPERATED_BY, PHARMACIES, None);
            self.relate(&ods_code, ods::LOCATED_IN, board(hospital.ods_code), None);
        }
        let address = Postal {
            line: "9 Larkwhistle Avenue",
            city: "Nottingham",
            postcode: "NG47 5AB",
        };
        for (ods_code, name, roles) in [
            (
                "T99S01",
                "Larkwhistle Hospice",
                &[ods::INDEPENDENT_PROVIDER, ods::HOSPICE][..],
            ),
            ("T99V01", "Marzipan Opticians", &[ods::OPTICAL_SITE][..]),
            ("T99C01", "Nettlewick Care Home", &[ods::SOCIAL_CARE_PROVIDER][..]),
        ] {
            self.add(&Entry {
                ods_code,
                name,
                address,
                roles,
                ..Entry::new()
            });
        }
    }

    fn deletions(&mut self) {
        const RELATIONSHIP: &str = "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/organization-relationship-instance";
        const ROLE: &str =
            "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/organization-role-instance";
        let at = datetime!(2026-09-14 00:00 UTC);
        let organisation = "https://fhir.nhs.uk/Id/ods-organization-code";
        for (id, title, note, type_name, system, values) in [
            (
                "Organization-deletion",
                "List of Organization Resource Deletions",
                "Organisations that were entered by mistake and taken out again.",
                "Organization",
                organisation,
                &["T99Z01", "T99Z02"][..],
            ),
            (
                "OrganizationAffiliation-deletion",
                "List of OrganizationAffiliation Resource Deletions",
                "Relationships that were entered by mistake and taken out again.",
                "OrganizationAffiliation",
                RELATIONSHIP,
                &["989999"][..],
            ),
            (
                "Organization-role-deletion",
                "List of Organization Role Deletions",
                "Roles that were entered by mistake and taken out again.",
                "",
                ROLE,
                &["989998"][..],
            ),
            (
                "Organization-succession-deletion",
                "List of Organization Succession Deletions",
                "Successions that were entered by mistake and taken out again.",
                "Organization",
                organisation,
                &["T99Z03"][..],
            ),
        ] {
            let entries: Vec<Deletion<'_>> = values
                .iter()
                .map(|value| Deletion { at, system, value })
                .collect();
            add(
                self.all,
                &Deletions {
                    head: head(id, fhir::NO_PROFILE),
                    title,
                    note,
                    at,
                    type_name,
                    entries: &entries,
                },
            );
        }
    }
}

impl Entry<'_> {
    const fn new() -> Self {
        Self {
            ods_code: "",
            name: "",
            phone: "",
            address: Postal {
                line: "",
                city: "",
                postcode: "",
            },
            roles: &[],
            is_site: false,
            from: FOUNDED,
            until: None,
        }
    }
}

/// The board for the part of the country that a hospital is in.
fn board(hospital: &str) -> &'static str {
    match hospital {
        "T99H01" | "T99H02" | "T99H06" | "T99H07" => "T99B01",
        "T99H03" | "T99H04" => "T99B02",
        _ => "T99B03",
    }
}

/// The network of the practices around a hospital.
fn network(hospital: &str) -> String {
    hospital.replace('H', "P")
}
