//! The operations that this server offers.

use crate::server::Operation;

/// Every operation.
pub(crate) static OPERATIONS: &[Operation] = &[];
