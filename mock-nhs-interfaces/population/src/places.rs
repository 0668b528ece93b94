//! Towns, streets and practices for made-up people. No such address exists.

/// A part of the UK to live in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Region {
    pub(crate) city: &'static str,
    pub(crate) county: &'static str,
    /// Letters of the postcode area, which are real.
    pub(crate) area: &'static str,
    /// First of ten districts of the area that Royal Mail does not use, so that no postcode here is anybody's.
    pub(crate) first_unused_district: u32,
    /// Telephone numbers here start like this and end in three digits.
    /// Source: <https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama>
    pub(crate) drama_phone: &'static str,
    /// ODS code of a practice; the letter is not one that practices have.
    pub(crate) practice: &'static str,
}

pub(crate) const REGIONS: &[Region] = &[
    Region {
        city: "Leeds",
        county: "West Yorkshire",
        area: "LS",
        first_unused_district: 30,
        drama_phone: "01134960",
        practice: "T99001",
    },
    Region {
        city: "Sheffield",
        county: "South Yorkshire",
        area: "S",
        first_unused_district: 50,
        drama_phone: "01144960",
        practice: "T99002",
    },
    Region {
        city: "Nottingham",
        county: "Nottinghamshire",
        area: "NG",
        first_unused_district: 40,
        drama_phone: "01154960",
        practice: "T99003",
    },
    Region {
        city: "Leicester",
        county: "Leicestershire",
        area: "LE",
        first_unused_district: 30,
        drama_phone: "01164960",
        practice: "T99004",
    },
    Region {
        city: "Bristol",
        county: "Avon",
        area: "BS",
        first_unused_district: 50,
        drama_phone: "01174960",
        practice: "T99005",
    },
    Region {
        city: "Manchester",
        county: "Greater Manchester",
        area: "M",
        first_unused_district: 70,
        drama_phone: "01614960",
        practice: "T99006",
    },
    Region {
        city: "Newcastle upon Tyne",
        county: "Tyne and Wear",
        area: "NE",
        first_unused_district: 50,
        drama_phone: "01914980",
        practice: "T99007",
    },
    Region {
        city: "London",
        county: "",
        area: "SE",
        first_unused_district: 40,
        drama_phone: "02079460",
        practice: "T99008",
    },
    Region {
        city: "London",
        county: "",
        area: "E",
        first_unused_district: 30,
        drama_phone: "02079460",
        practice: "T99009",
    },
    Region {
        city: "Plymouth",
        county: "Devon",
        area: "PL",
        first_unused_district: 40,
        drama_phone: "01632960",
        practice: "T99010",
    },
    Region {
        city: "Oxford",
        county: "Oxfordshire",
        area: "OX",
        first_unused_district: 50,
        drama_phone: "01632960",
        practice: "T99011",
    },
    Region {
        city: "Brighton",
        county: "East Sussex",
        area: "BN",
        first_unused_district: 60,
        drama_phone: "01632960",
        practice: "T99012",
    },
];

/// No street in the UK is called like this.
pub(crate) const STREETS: &[&str] = &[
    "Quillfeather Lane",
    "Bumblethorpe Road",
    "Marzipan Terrace",
    "Oldcastle Thimble Street",
    "Larkwhistle Avenue",
    "Peppercombe Rise",
    "Twelvebadger Close",
    "Nettlewick Gardens",
    "Gooseberry Fold",
    "Velveteen Crescent",
];

/// Letters that the second half of a postcode may end in.
pub(crate) const INWARD_LETTERS: &[char] = &[
    'A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'W', 'X', 'Y', 'Z',
];
