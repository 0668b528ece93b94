//! Units of UCUM made comparable: 5.4 mg is 0.0054 g, 37 Cel is 310.15 K, 120 `mm[Hg]` is 15.99864 kPa.
//!
//! A unit is a product of base units with whole powers, and a factor that is kept as an exact fraction. Units of the same
//! powers can be converted into each other. What this module cannot read has no common form and is compared as it is written.
//!
//! On purpose not as UCUM has it: the mole is a base unit, not a number of things, so that mmol/L and 1/L stay apart; and
//! arbitrary units (`[iU]`, `[pH]`) are bases of their own.
//! Source: <https://ucum.org/ucum>.

mod atoms;
mod parse;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fhir::decimal::Decimal;

/// UCUM's system in FHIR: <https://hl7.org/fhir/R4/valueset-ucum-units.html>.
pub const UCUM: &str = "http://unitsofmeasure.org";

/// Significant digits that are compared: FHIR asks for 18 of a decimal, and the same quantity in two units must come out the same.
const DIGITS: i32 = 20;
/// No unit that people write has a base to a higher power.
const MAX_POWER: i32 = 24;

/// A unit that can be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Powers of the base units, none of them 0.
    powers: BTreeMap<&'static str, i32>,
    /// A number of the unit times this, ...
    numerator: Decimal,
    /// ... over this, is the number of the base units.
    denominator: Decimal,
    /// What is added to a number before: temperatures do not begin at the same zero.
    offset: Option<Decimal>,
}

impl Unit {
    /// Reads a UCUM code such as `mg/dL`; `None` for one that is not known here.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        parse::unit(code)
    }

    /// The base units, in one spelling: units that have the same can be converted into each other.
    #[must_use]
    pub fn dimension(&self) -> String {
        let mut text = String::new();
        for (base, power) in &self.powers {
            let _ = write!(text, "{base}{power}");
        }
        text
    }

    /// A number of this unit in base units; `None` when it grows beyond what decimals hold.
    #[must_use]
    pub fn in_base_units(&self, number: &Decimal) -> Option<Decimal> {
        let number = match &self.offset {
            Some(offset) => number.checked_add(offset)?,
            None => number.clone(),
        };
        let product = number.checked_mul(&self.numerator)?;
        if self.denominator == Decimal::from(1) {
            return Some(product);
        }
        let quotient = product.checked_div(&self.denominator)?;
        // The quotient's own last digit depends on the fraction; this many digits do not.
        Some(quotient.rounded(quotient.magnitude() - DIGITS))
    }

    /// One, without a unit.
    fn one() -> Self {
        Self::number(Decimal::from(1))
    }

    fn number(factor: Decimal) -> Self {
        Self {
            powers: BTreeMap::new(),
            numerator: factor,
            denominator: Decimal::from(1),
            offset: None,
        }
    }

    /// A unit that is not made of others.
    fn base(name: &'static str) -> Self {
        Self {
            powers: BTreeMap::from([(name, 1)]),
            ..Self::one()
        }
    }

    /// The product. A unit with a zero of its own is no factor.
    fn times(&self, other: &Self) -> Option<Self> {
        if self.offset.is_some() || other.offset.is_some() {
            return None;
        }
        let mut powers = self.powers.clone();
        for (base, power) in &other.powers {
            let sum = powers.get(base).copied().unwrap_or_default() + power;
            if sum.abs() > MAX_POWER {
                return None;
            }
            if sum == 0 {
                powers.remove(base);
            } else {
                powers.insert(base, sum);
            }
        }
        Some(Self {
            powers,
            numerator: self.numerator.checked_mul(&other.numerator)?,
            denominator: self.denominator.checked_mul(&other.denominator)?,
            offset: None,
        })
    }

    /// One over the unit.
    fn inverted(&self) -> Option<Self> {
        if self.offset.is_some() || self.numerator.is_zero() {
            return None;
        }
        Some(Self {
            powers: self.powers.iter().map(|(base, power)| (*base, -power)).collect(),
            numerator: self.denominator.clone(),
            denominator: self.numerator.clone(),
            offset: None,
        })
    }

    /// A whole power.
    fn to_the(&self, power: i32) -> Option<Self> {
        if power == 1 {
            return Some(self.clone());
        }
        if power.abs() > MAX_POWER {
            return None;
        }
        let one = if power < 0 { self.inverted()? } else { self.clone() };
        (0..power.abs()).try_fold(Self::one(), |product, _| product.times(&one))
    }
}

#[cfg(test)]
mod tests {
    use fhir::decimal::Decimal;
    use proptest::prelude::*;

    use super::Unit;

    fn base(text: &str, code: &str) -> (Decimal, String) {
        let unit = Unit::parse(code).unwrap_or_else(|| panic!("{code}"));
        let number = unit.in_base_units(&Decimal::parse(text).unwrap()).unwrap();
        (number, unit.dimension())
    }

    #[test]
    fn what_is_the_same_comes_out_the_same() {
        for (number, code, other, other_code) in [
            ("5.4", "mg", "0.0054", "g"),
            ("0.01", "g", "10", "mg"),
            ("1", "kg", "1000000", "mg"),
            ("154", "[lb_av]", "69.85322498", "kg"),
            ("11", "[stone_av]", "154", "[lb_av]"),
            ("6", "[ft_i]", "182.88", "cm"),
            ("1", "[mi_i]", "1609.344", "m"),
            ("120", "mm[Hg]", "15.99864", "kPa"),
            ("760", "mm[Hg]", "101.32472", "kPa"),
            ("37", "Cel", "98.6", "[degF]"),
            ("0", "Cel", "273.15", "K"),
            ("-40", "Cel", "-40", "[degF]"),
            ("72", "/min", "1.2", "Hz"),
            ("72", "{beats}/min", "72", "/min"),
            ("72", "1/min", "1.2", "/s"),
            ("5.5", "mmol/L", "5.5", "mol/m3"),
            ("100", "mg/dL", "1", "g/L"),
            ("48", "mmol/mol", "0.048", "mol/mol"),
            ("7", "%", "0.07", "1"),
            ("250", "10*9/L", "250", "10*3/uL"),
            ("250", "10^9/L", "250000", "/uL"),
            ("1", "U/L", "1000000", "nmol/min/kL"),
            ("60", "U/L", "1", "umol/s/L"),
            ("2", "h", "120", "min"),
            ("1", "a", "365.25", "d"),
            ("4", "wk", "28", "d"),
            ("1", "a", "12", "mo"),
            ("70", "mL/min/{1.73_m2}", "4.2", "L/h"),
            ("25", "kg/m2", "2.5", "g/cm2"),
            ("1", "N.m", "1", "J"),
            ("1", "kcal", "4.184", "kJ"),
            ("1", "m[iU]/mL", "1", "k[iU]/kL"),
            ("1", "[IU]/L", "1", "[iU]/L"),
            ("10", "cm[H2O]", "0.980665", "kPa"),
            ("1", "L/(min.m2)", "1", "L/min/m2"),
            ("1", "meq/L", "1", "mmol/L"),
            ("90", "deg", "5400", "'"),
            ("3", "[foz_us]", "6", "[tbs_us]"),
            ("1", "g%", "1", "g/dL"),
            ("100", "m/s2", "100", "N/kg"),
            ("5", "10*-3.L", "5", "mL"),
            ("1", "osm/kg", "1000", "mosm/kg"),
            ("1", "km/h", "1000", "m/h"),
        ] {
            assert_eq!(base(number, code), base(other, other_code), "{number} {code}");
        }
    }

    #[test]
    fn what_is_another_thing_stays_apart() {
        for (code, other) in [
            ("mg", "mL"),
            ("mmol/L", "/L"),
            ("[iU]/L", "U/L"),
            ("[pH]", "1"),
            ("K", "m"),
            ("/min", "min"),
            ("Cel", "1"),
        ] {
            assert_ne!(base("1", code).1, base("1", other).1, "{code} {other}");
        }
    }

    #[test]
    fn what_is_no_unit_is_none() {
        for code in [
            "", "furlong", "Mg ", "mmHg", "kg/", "kg.", "kg//m", "(kg", "kg)", "m{", "kk", "Cel2", "Cel/min",
            "kCel", "m99", "m-", "1.5 kg", "10**3", "k[in_i]", "m\u{b2}", "/", "kmin", "0/m", "1/0",
        ] {
            assert_eq!(Unit::parse(code), None, "{code}");
        }
        let deep = format!("{}m{}", "(".repeat(60), ")".repeat(60));
        assert_eq!(Unit::parse(&deep), None);
        assert_eq!(Unit::parse(&"m.".repeat(400)), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(code in "[a-zA-Z0-9.*^/(){}\\[\\]'_%+-]{0,24}") {
            if let Some(unit) = Unit::parse(&code) {
                let _ = unit.in_base_units(&Decimal::from(3));
            }
        }

        #[test]
        fn order_is_kept(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, which in 0_usize..6) {
            let unit = Unit::parse(["mg/dL", "Cel", "[degF]", "/min", "[lb_av]", "10*3/uL"][which]).unwrap();
            let there = |number: i64| unit.in_base_units(&Decimal::from(number)).unwrap();
            prop_assert_eq!(a.cmp(&b), there(a).cmp(&there(b)));
        }

        #[test]
        fn a_prefix_is_a_power_of_ten(number in 1_i64..1_000_000, which in 0_usize..5) {
            let atom = ["g", "mol/L", "L/min", "[iU]/h", "Pa/s"][which];
            let own = base(&number.to_string(), &format!("m{atom}"));
            let plain = base(&format!("{number}e-3"), atom);
            prop_assert_eq!(own, plain);
        }
    }
}
