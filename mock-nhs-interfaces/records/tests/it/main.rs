//! What the package promises, from outside.

mod lifecycle;
