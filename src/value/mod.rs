//! being written
mod guard;
pub use guard::Guard;
