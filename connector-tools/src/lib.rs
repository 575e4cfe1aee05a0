#![doc = include_str!("../README.md")]

mod dialect;
mod form;
mod loss;
mod lower;
mod name;
mod part;
mod tool;
mod words;

pub use dialect::{Dialect, UnknownDialect};
pub use loss::{Loss, LossKind};
pub use name::names;
pub use tool::{InvalidTool, Tool};
