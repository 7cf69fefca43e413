//! Values as far as they are known.
//!
//! - [`Value`]: the [`Case`]s that a property can take, each with its [`Guard`]; unknown is no case.
//! - [`Data`]: what stands in a property: text, map, list.
//! - [`Text`]: characters, symbols and wildcards; [`compare`] says how two texts relate ([`Answer`]).

mod case;
pub mod compare;
mod data;
mod guard;
mod text;

pub use case::{Case, Value};
pub use compare::Answer;
pub use data::{Data, Entry, List, Map, parse_boolean, parse_integer, parse_number};
pub use guard::{Atom, Guard};
pub use text::{Parameter, Piece, Symbol, SymbolKind, Text};
