//! The seed: made-up people with believable records, the same on every machine.
