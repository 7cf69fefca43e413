//! Dated tables of facts about AWS, compiled in and searched in place: nothing is parsed when the program starts.
//!
//! The tables themselves are files for people, in `src/data/facts`; `build.rs` checks them and writes them as
//! static data. Each says where it is from and when it was read.

pub mod action_tags;
pub mod callers;
pub mod concurrency;
mod date;
pub mod destinations;
pub mod environment;
pub mod escalation;
pub mod event_sources;
pub mod features;
pub mod function_modes;
pub mod iam_actions;
pub mod layer_publishers;
pub mod limits;
pub mod log_retention;
pub mod managed_policies;
pub mod needs;
pub mod runtimes;
pub mod sam_policy_templates;
pub mod schemas;
mod sorted_lines;
mod spelling;
pub mod time_zones;
pub mod vpc_endpoints;

pub use date::{Date, NotADate};
pub use spelling::nearest;
