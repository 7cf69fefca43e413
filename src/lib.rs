//! `lambda-lint` reads what people deploy AWS Lambda with and says, at the exact place in their file, what will
//! break, cost money or let somebody in.

#![forbid(unsafe_code)]

#[cfg(feature = "cli")]
pub mod cli;
pub mod data;
pub mod engine;
pub mod frontend;
pub mod iam;
mod lint;
pub mod model;
pub mod report;
pub mod rules;
pub mod source;
pub mod syntax;
pub mod value;

pub use lint::{MAX_BYTES, Settings, lint};
