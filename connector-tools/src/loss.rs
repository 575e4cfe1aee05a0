//! What a tool does not say of its action's schema.

use std::fmt;

/// Something that a tool's schema does not say as its action's does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Loss {
    /// Where the action's schema says it: a JSON pointer, through `$ref` where one is followed. Empty
    /// for the description of the tool.
    pub path: String,
    /// What became of it.
    pub kind: LossKind,
}

/// What became of a part of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LossKind {
    /// The description says it, and nothing enforces it.
    Described,
    /// It is not said.
    Dropped,
    /// The tool takes less than the action.
    Narrowed,
    /// The text is cut.
    Shortened,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.path.as_str() {
            "" => "description",
            path => path,
        };
        let what = match self.kind {
            LossKind::Described => "only described",
            LossKind::Dropped => "left out",
            LossKind::Narrowed => "takes less",
            LossKind::Shortened => "cut",
        };
        write!(f, "{place}: {what}")
    }
}
