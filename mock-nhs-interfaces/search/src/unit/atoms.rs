//! The units that clinical data use, each by those before it. Source: <https://ucum.org/ucum#section-Tables-of-Terminal-Symbols>.

use std::collections::HashMap;
use std::sync::OnceLock;

use fhir::decimal::Decimal;

use super::{Unit, parse};

/// Whether a unit takes prefixes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefixes {
    Yes,
    No,
}
use Prefixes::{No, Yes};

/// Prefixes as powers of ten, the longer before the shorter.
const PREFIXES: [(&str, i32); 21] = [
    ("da", 1),
    ("Y", 24),
    ("Z", 21),
    ("E", 18),
    ("P", 15),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("\u{b5}", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("z", -21),
    ("y", -24),
];

/// Units that are not made of others, arbitrary ones included: those are only comparable with themselves.
const BASES: [(&str, Prefixes); 21] = [
    ("m", Yes),
    ("s", Yes),
    ("g", Yes),
    ("K", Yes),
    ("C", Yes),
    ("cd", Yes),
    ("mol", Yes),
    ("deg", No),
    ("bit", No),
    ("[iU]", Yes),
    ("[arb'U]", No),
    ("[USP'U]", No),
    ("[pH]", No),
    ("[HPF]", No),
    ("[LPF]", No),
    ("[APL'U]", No),
    ("[GPL'U]", No),
    ("[MPL'U]", No),
    ("[CFU]", No),
    ("[PFU]", No),
    ("[drp]", No),
];

/// Symbol, whether it takes prefixes, and what one of it is: a number and a term.
const DERIVED: &[(&str, Prefixes, &str, &str)] = &[
    ("%", No, "1", "10*-2"),
    ("[ppth]", No, "1", "10*-3"),
    ("[ppm]", No, "1", "10*-6"),
    ("[ppb]", No, "1", "10*-9"),
    ("[pptr]", No, "1", "10*-12"),
    ("[IU]", Yes, "1", "[iU]"),
    // Time.
    ("min", No, "60", "s"),
    ("h", No, "60", "min"),
    ("d", No, "24", "h"),
    ("wk", No, "7", "d"),
    ("a", No, "365.25", "d"),
    ("a_j", No, "365.25", "d"),
    ("a_g", No, "365.2425", "d"),
    ("mo", No, "30.4375", "d"),
    ("mo_j", No, "30.4375", "d"),
    ("Hz", Yes, "1", "s-1"),
    // Mass, force, pressure, energy.
    ("t", Yes, "1000", "kg"),
    ("u", Yes, "1.6605402e-24", "g"),
    ("N", Yes, "1", "kg.m/s2"),
    ("dyn", Yes, "1", "g.cm/s2"),
    ("[g]", Yes, "9.80665", "m/s2"),
    ("gf", Yes, "1", "g.[g]"),
    ("Pa", Yes, "1", "N/m2"),
    ("bar", Yes, "100000", "Pa"),
    ("atm", No, "101325", "Pa"),
    ("m[Hg]", Yes, "133.322", "kPa"),
    ("m[H2O]", Yes, "9.80665", "kPa"),
    ("J", Yes, "1", "N.m"),
    ("erg", Yes, "1", "dyn.cm"),
    ("cal", Yes, "4.184", "J"),
    ("cal_th", Yes, "4.184", "J"),
    ("[Cal]", No, "1", "kcal"),
    ("W", Yes, "1", "J/s"),
    ("P", Yes, "1", "dyn.s/cm2"),
    ("St", Yes, "1", "cm2/s"),
    // Volume and area.
    ("l", Yes, "1", "dm3"),
    ("L", Yes, "1", "dm3"),
    ("ar", Yes, "100", "m2"),
    ("g%", Yes, "1", "g/dL"),
    // Amounts and activities.
    ("eq", Yes, "1", "mol"),
    ("osm", Yes, "1", "mol"),
    ("kat", Yes, "1", "mol/s"),
    ("U", Yes, "1", "umol/min"),
    ("Bq", Yes, "1", "s-1"),
    ("Ci", Yes, "37000000000", "Bq"),
    ("Gy", Yes, "1", "J/kg"),
    ("RAD", Yes, "0.01", "Gy"),
    ("Sv", Yes, "1", "J/kg"),
    ("REM", Yes, "0.01", "Sv"),
    // Electricity and light.
    ("A", Yes, "1", "C/s"),
    ("V", Yes, "1", "J/C"),
    ("eV", Yes, "1.60217733e-19", "J"),
    ("F", Yes, "1", "C/V"),
    ("Ohm", Yes, "1", "V/A"),
    ("S", Yes, "1", "Ohm-1"),
    ("mho", Yes, "1", "S"),
    ("Wb", Yes, "1", "V.s"),
    ("T", Yes, "1", "Wb/m2"),
    ("H", Yes, "1", "Wb/A"),
    ("By", Yes, "8", "bit"),
    ("[diop]", No, "1", "/m"),
    // Angles; a radian as near as decimals of 28 digits come.
    ("'", No, "1", "deg/60"),
    ("''", No, "1", "deg/3600"),
    ("rad", Yes, "57.29577951308232087679815481", "deg"),
    // What is used in homes and older records.
    ("[in_i]", No, "2.54", "cm"),
    ("[ft_i]", No, "12", "[in_i]"),
    ("[yd_i]", No, "3", "[ft_i]"),
    ("[mi_i]", No, "5280", "[ft_i]"),
    ("[nmi_i]", No, "1852", "m"),
    ("[kn_i]", No, "1", "[nmi_i]/h"),
    ("[sin_i]", No, "1", "[in_i]2"),
    ("[sft_i]", No, "1", "[ft_i]2"),
    ("[cin_i]", No, "1", "[in_i]3"),
    ("[gr]", No, "64.79891", "mg"),
    ("[lb_av]", No, "7000", "[gr]"),
    ("[oz_av]", No, "437.5", "[gr]"),
    ("[dr_av]", No, "27.34375", "[gr]"),
    ("[stone_av]", No, "14", "[lb_av]"),
    ("[lbf_av]", No, "1", "[lb_av].[g]"),
    ("[psi]", No, "1", "[lbf_av]/[sin_i]"),
    ("[in_i'Hg]", No, "25.4", "mm[Hg]"),
    ("[in_i'H2O]", No, "25.4", "mm[H2O]"),
    ("[gal_us]", No, "231", "[cin_i]"),
    ("[qt_us]", No, "1", "[gal_us]/4"),
    ("[pt_us]", No, "1", "[qt_us]/2"),
    ("[foz_us]", No, "1", "[pt_us]/16"),
    ("[tbs_us]", No, "1", "[foz_us]/2"),
    ("[tsp_us]", No, "1", "[tbs_us]/3"),
    ("[cup_us]", No, "16", "[tbs_us]"),
    ("[cup_m]", No, "240", "mL"),
    ("[foz_m]", No, "30", "mL"),
    ("[tbs_m]", No, "15", "mL"),
    ("[tsp_m]", No, "5", "mL"),
    ("[gal_br]", No, "4.54609", "L"),
    ("[pt_br]", No, "1", "[gal_br]/8"),
    ("[foz_br]", No, "1", "[gal_br]/160"),
    ("[Ch]", No, "1", "mm/3"),
];

/// Temperatures: what is added to a number, then the kelvins of one degree over the second number.
const TEMPERATURES: [(&str, &str, i64, i64); 2] = [("Cel", "273.15", 1, 1), ("[degF]", "459.67", 5, 9)];

/// Units by their symbols, in base units.
pub(super) struct Atoms(HashMap<&'static str, (Prefixes, Unit)>);

impl Atoms {
    /// The unit with a symbol, which may begin with a prefix.
    pub(super) fn find(&self, symbol: &str) -> Option<Unit> {
        if let Some((_, unit)) = self.0.get(symbol) {
            return Some(unit.clone());
        }
        PREFIXES.into_iter().find_map(|(prefix, power)| {
            let (prefixes, unit) = self.0.get(symbol.strip_prefix(prefix)?)?;
            let factor = Decimal::parse(&format!("1e{power}")).ok()?;
            (*prefixes == Yes).then(|| Unit::number(factor).times(unit))?
        })
    }
}

/// Every unit of the tables.
pub(super) fn all() -> &'static Atoms {
    static ATOMS: OnceLock<Atoms> = OnceLock::new();
    ATOMS.get_or_init(|| {
        let bases = BASES.into_iter();
        let mut atoms = Atoms(
            bases
                .map(|(symbol, prefixes)| (symbol, (prefixes, Unit::base(symbol))))
                .collect(),
        );
        for (symbol, prefixes, number, term) in DERIVED.iter().copied() {
            let factor = Decimal::parse(number).ok().map(Unit::number);
            let unit = parse::unit_of(&atoms, term).and_then(|unit| unit.times(&factor?));
            atoms.0.extend(unit.map(|unit| (symbol, (prefixes, unit))));
        }
        for (symbol, offset, numerator, denominator) in TEMPERATURES {
            let unit = Unit {
                numerator: Decimal::from(numerator),
                denominator: Decimal::from(denominator),
                offset: Decimal::parse(offset).ok(),
                ..Unit::base("K")
            };
            atoms.0.insert(symbol, (No, unit));
        }
        atoms
    })
}

#[cfg(test)]
mod tests {
    use super::{BASES, DERIVED, TEMPERATURES, all};

    #[test]
    fn every_row_of_the_tables_is_a_unit() {
        assert_eq!(all().0.len(), BASES.len() + DERIVED.len() + TEMPERATURES.len());
    }
}
