//! TypeScript becomes JavaScript by losing its types; every line and column stays where it was.
