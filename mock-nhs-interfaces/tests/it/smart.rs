//! SMART App Launch: discovery, both launches, PKCE that rejects, scopes that hold, and errors on purpose.

mod errors;
mod launch;
mod scopes;
mod setup;
