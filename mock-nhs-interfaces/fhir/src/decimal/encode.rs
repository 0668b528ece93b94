//! Decimals as bytes that sort as the numbers do.

use super::Decimal;

const NEGATIVE: u8 = 1;
const ZERO: u8 = 2;
const POSITIVE: u8 = 3;

impl Decimal {
    /// Appends bytes that compare as the values do. No encoding is the beginning of another, so more may follow.
    ///
    /// Sign; power of ten with an offset, two bytes; two digits a byte, each pair one more than its value; a zero byte.
    /// Of a negative number everything after the sign is turned over.
    pub fn encode(&self, out: &mut Vec<u8>) {
        if self.is_zero() {
            out.push(ZERO);
            return;
        }
        out.push(if self.negative { NEGATIVE } else { POSITIVE });
        let flip = if self.negative { 0xFF } else { 0 };
        // Exponents lie within some hundreds of 0: see the limits of `json` and `arithmetic`.
        let biased = u16::try_from(self.exponent.saturating_add(0x8000).clamp(0, 0xFFFF)).unwrap_or(u16::MAX);
        out.extend(biased.to_be_bytes().map(|byte| byte ^ flip));
        for pair in self.digits.chunks(2) {
            let tens = pair.first().copied().unwrap_or(0);
            let ones = pair.get(1).copied().unwrap_or(0);
            out.push((tens * 10 + ones + 1) ^ flip);
        }
        out.push(flip);
    }

    /// The number that [`encode`](Self::encode) wrote at the beginning of some bytes; `None` for anything else.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Decimal> {
        let (sign, rest) = bytes.split_first()?;
        let flip = match *sign {
            ZERO => return Some(Decimal::zero()),
            NEGATIVE => 0xFF,
            POSITIVE => 0,
            _ => return None,
        };
        let (biased, rest) = rest.split_first_chunk::<2>()?;
        let exponent = i32::from(u16::from_be_bytes(biased.map(|byte| byte ^ flip))) - 0x8000;
        let mut digits = Vec::new();
        for byte in rest {
            match byte ^ flip {
                0 => return Some(Decimal::normal(*sign == NEGATIVE, digits, exponent, 0)),
                pair @ 1..=100 => digits.extend([(pair - 1) / 10, (pair - 1) % 10]),
                _ => return None,
            }
        }
        None
    }

    /// [`encode`](Self::encode) on its own.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.digits.len() / 2 + 5);
        self.encode(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_sort_as_numbers(
            left in "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,4})?(e-?[0-9]{1,2})?",
            right in "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,4})?(e-?[0-9]{1,2})?",
        ) {
            let (left, right) = (Decimal::parse(&left).unwrap(), Decimal::parse(&right).unwrap());
            let (a, b) = (left.to_bytes(), right.to_bytes());
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert!(a == b || !a.starts_with(&b) && !b.starts_with(&a));
            prop_assert_eq!(Decimal::decode(&a), Some(left));
        }
    }
}
