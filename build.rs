//! Generates the static tables.

fn main() {}
