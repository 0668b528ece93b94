//! What the package promises, through its public interface.

mod execute;
mod language;
