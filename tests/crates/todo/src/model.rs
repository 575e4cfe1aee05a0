//! Types of the API.

use plugwright_sdk::{Param, model};

/// How soon a task should be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Priority {
    /// When there is time.
    Low,
    /// In order.
    Normal,
    /// Before all others.
    High,
}

/// A task.
#[model]
pub struct Task {
    /// Id.
    pub id: String,
    /// What to do.
    pub content: String,
    /// `low`, `normal` or `high`.
    pub priority: String,
    /// Due date (RFC 3339).
    pub due: Option<String>,
}
