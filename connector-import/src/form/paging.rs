//! Lists that come in pages.

use serde::{Deserialize, Serialize};

/// How a list is cut into pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagingTemplate {
    /// JSON pointer to the items; empty if the answer is the list. Of a GraphQL API, all pointers are
    /// into `data`.
    pub items: String,
    /// Whether the items are always there, even if there are none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// JSON pointer to the number of items over all pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// Where the next page is.
    pub style: PageStyle,
}

/// Where the next page of a list is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PageStyle {
    /// The list comes whole.
    Whole,
    /// In the `Link` header.
    Link,
    /// At a URL that the answer has.
    Url {
        /// JSON pointer to the URL.
        pointer: String,
    },
    /// A parameter takes a text or number that the answer has.
    Cursor {
        /// The query parameter.
        parameter: String,
        /// JSON pointer to the cursor.
        pointer: String,
    },
    /// A parameter takes a member of the last item, as long as the answer says that there is more.
    LastItem {
        /// The query parameter.
        parameter: String,
        /// The member of the item.
        member: String,
        /// JSON pointer to what says that there is more.
        more: String,
    },
    /// A parameter takes the number of the page.
    Number {
        /// The query parameter.
        parameter: String,
        /// The number of the page that comes without it.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        first: u64,
        /// How long a full page is.
        size: PageSize,
    },
    /// A parameter takes the number of items before the page.
    Offset {
        /// The query parameter.
        parameter: String,
        /// How long a full page is.
        size: PageSize,
    },
}

fn one() -> u64 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_one(number: &u64) -> bool {
    *number == 1
}

/// How long a full page is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSize {
    /// The query parameter that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The size without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<u64>,
}
