//! Front-ends: the only code that knows a syntax. Each reads one source into a [`Unit`] of resources.

pub mod aws_cli;
pub mod cloudformation;
mod detect;
mod unit;

pub use detect::{NotOurs, Read, may_be_ours, read, read_damaged};
pub use unit::{AtomName, Format, Output, Region, Ties, Unit};
