//! What parent and child say to each other.
//!
//! Order: magic, memory limit (u64), CPU limit (u64), length (u64), component. Answer: kind (u8), settings (32 bytes), length (u64), bytes,
//! all little endian. Parent and child are the same program, so there is one version; the magic catches a wrong program.

/// First bytes of an order.
pub(super) const MAGIC: &[u8; 8] = b"c4hcomp1";

/// Length of an order before the component.
pub(crate) const ORDER_BYTES: usize = 8 + 3 * 8;

/// Length of an answer before its bytes.
pub(super) const ANSWER_BYTES: usize = 1 + 32 + 8;

/// The answer holds machine code.
pub(super) const KIND_CODE: u8 = 0;

/// The answer holds the compiler's complaint.
pub(super) const KIND_INVALID: u8 = 1;

/// What the child needs to know before it reads the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) memory_bytes: u64,
    pub(super) cpu_seconds: u64,
    pub(super) component_bytes: u64,
}

impl Order {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in [self.memory_bytes, self.cpu_seconds, self.component_bytes] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; ORDER_BYTES]) -> Option<Self> {
        let mut numbers = bytes.strip_prefix(MAGIC)?.chunks_exact(8).map(number);
        Some(Self {
            memory_bytes: numbers.next()??,
            cpu_seconds: numbers.next()??,
            component_bytes: numbers.next()??,
        })
    }
}

pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().ok().map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_the_pipe() {
        let order = Order {
            memory_bytes: 1,
            cpu_seconds: 2,
            component_bytes: 3,
        };
        let mut bytes: [u8; ORDER_BYTES] = order.to_bytes().try_into().unwrap();
        assert_eq!(Order::from_bytes(&bytes), Some(order));
        bytes[0] = b'x';
        assert_eq!(Order::from_bytes(&bytes), None);
    }
}
