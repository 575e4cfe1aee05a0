//! What an action returns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::data::Data;
use crate::error::{ActionError, Result};
use crate::schema::{self, Schema};

/// Whether an action returns one thing or a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Returns {
    /// An array.
    List,
    /// An object.
    Single,
}

/// The untyped result of an action, as surfaces render it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActionResult {
    /// The output: an array for list actions, else an object.
    pub data: Data,
    /// Where a list goes on.
    pub meta: Meta,
    /// The last answer of the provider as it came, if the caller asked for it.
    pub raw: Option<Data>,
}

impl ActionResult {
    /// Makes a result of data alone.
    pub fn new(data: Value) -> Self {
        Self {
            data: data.into(),
            ..Self::default()
        }
    }
}

/// The metadata of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Meta {
    /// Opaque text to pass back for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Whether more items follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_more: Option<bool>,
    /// How many items there are over all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_count: Option<u64>,
    /// What the provider left out, where the action accepts partial data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

/// Something that the provider left out of its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Where in the provider's data it would have been: `repository.issues.nodes[3].author`. Empty if
    /// the provider does not say.
    pub path: String,
    /// Why, as the provider says.
    pub message: String,
}

/// One page of a list.
///
/// ```
/// use plugwright_sdk::Page;
///
/// let page = Page::new(vec![1, 2, 3]).map(|number| number * 2);
/// assert_eq!(page.items, [2, 4, 6]);
/// assert!(page.cursor.is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page, in the provider's order.
    pub items: Vec<T>,
    /// Opaque text for the next page; none on the last one.
    pub cursor: Option<String>,
    /// How many items there are over all pages, if the provider says.
    pub total_count: Option<u64>,
}

impl<T> Page<T> {
    /// Makes a page that is the whole list.
    pub fn new(items: Vec<T>) -> Self {
        Self {
            items,
            cursor: None,
            total_count: None,
        }
    }

    /// Changes each item and keeps where the list goes on.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            cursor: self.cursor,
            total_count: self.total_count,
        }
    }

    /// Keeps only some items, and where the list goes on.
    #[must_use]
    pub fn filter(mut self, keep: impl FnMut(&T) -> bool) -> Self {
        self.items.retain(keep);
        self
    }
}

/// A type that an action's function may return inside `Result`.
///
/// Implemented for every `T: Serialize + JsonSchema` (a single thing), for [`Page<T>`] (a list)
/// and for [`ActionResult`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the output of an action",
    label = "no JSON Schema or no serializer is known for this type",
    note = "put `#[model]` on the type, or return `Page<T>` for a list of a `#[model]` type, or `ActionResult` for untyped data"
)]
pub trait Output: Sized + Send {
    /// Whether this is one thing or a list.
    const RETURNS: Returns;

    /// Returns the canonical schema of [`ActionResult::data`].
    fn schema() -> Schema;

    /// Makes the untyped result.
    ///
    /// # Errors
    ///
    /// `INTERNAL_ERROR` if the value does not serialize.
    fn into_result(self) -> Result<ActionResult>;
}

// The compiler should suggest `#[model]`, not each trait that it derives.
#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema + Send> Output for T {
    const RETURNS: Returns = Returns::Single;

    fn schema() -> Schema {
        let schema = schema::of::<T>();
        if schema == json!({ "type": "null" }) {
            // `()`: the answer is an empty object, so that callers always get one.
            return json!({ "type": "object", "properties": {}, "additionalProperties": false });
        }
        schema
    }

    fn into_result(self) -> Result<ActionResult> {
        let data = Data::of(&self)?;
        Ok(ActionResult {
            data: if data.is_null() {
                json!({}).into()
            } else {
                data
            },
            ..ActionResult::default()
        })
    }
}

impl<T: Serialize + JsonSchema + Send> Output for Page<T> {
    const RETURNS: Returns = Returns::List;

    fn schema() -> Schema {
        schema::of::<Vec<T>>()
    }

    fn into_result(self) -> Result<ActionResult> {
        Ok(ActionResult {
            data: Data::of(&self.items)?,
            meta: Meta {
                has_more: Some(self.cursor.is_some()),
                cursor: self.cursor,
                total_count: self.total_count,
                missing: Vec::new(),
            },
            raw: None,
        })
    }
}

impl Output for ActionResult {
    const RETURNS: Returns = Returns::Single;

    fn schema() -> Schema {
        json!({ "type": "object" })
    }

    fn into_result(self) -> Result<ActionResult> {
        Ok(self)
    }
}

/// A `Result` whose success is an [`Output`]; lets the macro name the output without reading
/// the author's types.
#[diagnostic::on_unimplemented(
    message = "an action returns `Result<T>`, not `{Self}`",
    label = "wrap this type in `plugwright_sdk::Result`"
)]
pub trait ActionReturn {
    /// The output on success.
    type Output;

    /// Returns itself as the SDK's `Result`.
    ///
    /// # Errors
    ///
    /// The action's own.
    fn into_sdk(self) -> Result<Self::Output>;
}

impl<T> ActionReturn for Result<T, ActionError> {
    type Output = T;

    fn into_sdk(self) -> Result<T> {
        self
    }
}
