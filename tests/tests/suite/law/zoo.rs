//! One action with a parameter of every kind and with every attribute.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, ActionFunction, FileInput, Param, Params, Patch, Result, Value, action,
};

const COLORS: &[&str] = &["red", "green", "blue"];

/// Where something stands.
#[derive(Clone, Copy, Debug, Param)]
pub(crate) enum State {
    /// Not begun.
    Open,
    /// Under way.
    InProgress,
    #[param(rename = "too heated")]
    Heated,
}

/// Text with rules of its own.
#[derive(Clone, Debug, Param)]
#[param(length(2..=10), pattern = "^[a-z]")]
pub(crate) struct Slug(String);

/// A number with rules of its own.
#[derive(Clone, Debug, Param)]
#[param(range(-5..=5))]
pub(crate) struct Small(i32);

/// Made from text.
#[derive(Clone, Debug, Param)]
#[param(text, pattern = "^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
pub(crate) struct Repo {
    owner: String,
    name: String,
}

impl FromStr for Repo {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (owner, name) = text.split_once('/').ok_or("must be `owner/name`")?;
        Ok(Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// Fields that are spread among the parameters.
#[derive(Clone, Debug, Params)]
pub(crate) struct Window {
    /// First day.
    #[param(format = "date")]
    pub(crate) since: Option<String>,
    /// Last moment.
    #[param(format = "date-time")]
    pub(crate) until: Option<String>,
    #[param(flatten)]
    pub(crate) limits: Limits,
}

/// Fields that are spread twice.
#[derive(Clone, Debug, Params)]
pub(crate) struct Limits {
    /// How many.
    #[param(default = 10, range(1..100))]
    pub(crate) limit: u8,
}

/// Fields in an object of their own.
#[derive(Clone, Debug, Params)]
pub(crate) struct Nested {
    /// A text that must be there.
    pub(crate) text: String,
    /// A state.
    #[param(default = State::Open)]
    pub(crate) state: State,
    /// A note that can be cleared.
    #[param(length(..=4))]
    pub(crate) note: Patch<String>,
    /// Numbers.
    pub(crate) numbers: Option<Vec<f64>>,
    /// A deeper object.
    pub(crate) inner: Option<Inner>,
}

/// An object inside an object.
#[derive(Clone, Debug, Params)]
pub(crate) struct Inner {
    /// A number.
    #[param(rename = "n-1")]
    pub(crate) n: u16,
}

/// Takes one parameter of every kind and does nothing with it.
#[action("zoo.visit", read)]
pub(crate) async fn visit(
    _cx: &ActionContext,
    /// A text.
    text: String,
    /// A text of a length.
    #[param(length(1..=3))]
    short: Option<String>,
    /// A text without end.
    #[param(length(2..))]
    long: Option<String>,
    /// A text that matches.
    #[param(pattern = "^(x-)?[0-9]+$", length(..=5))]
    pattern: Option<String>,
    /// A pattern anywhere.
    #[param(pattern = "[^a-z\n]{2}|^$")]
    anywhere: Option<String>,
    /// One of a list.
    #[param(options = COLORS, default = "red")]
    color: String,
    /// A mail address.
    #[param(format = "email")]
    email: Option<String>,
    /// A URI.
    #[param(format = "uri")]
    uri: Option<String>,
    /// A UUID.
    #[param(format = "uuid")]
    uuid: Option<String>,
    /// An IPv4 address.
    #[param(format = "ipv4")]
    ipv4: Option<String>,
    /// An IPv6 address.
    #[param(format = "ipv6")]
    ipv6: Option<String>,
    /// A flag.
    #[param(default = false, example = true)]
    flag: bool,
    /// A tiny integer.
    tiny: Option<i8>,
    /// A small integer.
    small_int: Option<i16>,
    /// An integer.
    int: Option<i32>,
    /// A large integer.
    large: Option<i64>,
    /// A byte.
    byte: Option<u8>,
    /// A port.
    port: Option<u16>,
    /// A count.
    #[param(range(1..))]
    count: Option<u32>,
    /// A large count.
    large_count: Option<u64>,
    /// A ratio.
    #[param(range(0.0..1.0), default = 0.5)]
    ratio: f64,
    /// A percentage.
    #[param(range(-1.5..=100), deprecated = "use `ratio`")]
    percentage: Option<f64>,
    /// A state.
    state: Option<State>,
    /// States.
    #[param(length(1..=2))]
    states: Option<Vec<State>>,
    /// A slug.
    slug: Option<Slug>,
    /// A slug with a stricter rule.
    #[param(length(3..=20), pattern = "c$")]
    strict_slug: Option<Slug>,
    /// A small number.
    #[param(range(0..=50))]
    small: Option<Small>,
    /// A repository.
    repo: Option<Repo>,
    /// Lists of lists.
    lists: Option<Vec<Vec<u8>>>,
    /// A map of numbers.
    #[param(length(..=2))]
    map: Option<BTreeMap<String, i32>>,
    /// A map of objects.
    nested_map: Option<BTreeMap<String, Inner>>,
    /// An open object.
    object: Option<JsonObject>,
    /// Anything.
    any: Option<Value>,
    /// A text that can be cleared.
    #[param(options = COLORS)]
    patch: Patch<String>,
    /// A state that can be cleared.
    patch_state: Patch<State>,
    /// A number that can be cleared.
    patch_number: Patch<Small>,
    /// A file.
    file: Option<FileInput>,
    /// An object.
    nested: Nested,
    /// A list of objects.
    nested_list: Option<Vec<Nested>>,
    /// An object that can be cleared.
    patch_nested: Patch<Inner>,
    /// Written otherwise.
    #[param(rename = "per-page")]
    per_page: Option<u8>,
    #[param(flatten)] window: Window,
) -> Result<()> {
    let _ = (
        text, short, long, pattern, anywhere, color, email, uri, uuid, ipv4, ipv6,
    );
    let _ = (
        flag,
        tiny,
        small_int,
        int,
        large,
        byte,
        port,
        count,
        large_count,
        ratio,
        percentage,
    );
    let _ = (
        state,
        states,
        slug,
        strict_slug,
        small,
        repo,
        lists,
        map,
        nested_map,
        object,
        any,
    );
    let _ = (
        patch,
        patch_state,
        patch_number,
        file,
        nested,
        nested_list,
        patch_nested,
        per_page,
        window,
    );
    Ok(())
}

pub(crate) fn action() -> &'static ActionDefinition {
    <visit as ActionFunction>::DEFINITION
}

/// Names of all parameters, of members of nested objects, and a stranger.
pub(crate) const NAMES: &[&str] = &[
    "text",
    "short",
    "long",
    "pattern",
    "anywhere",
    "color",
    "email",
    "uri",
    "uuid",
    "ipv4",
    "ipv6",
    "flag",
    "tiny",
    "small_int",
    "int",
    "large",
    "byte",
    "port",
    "count",
    "large_count",
    "ratio",
    "percentage",
    "state",
    "states",
    "slug",
    "strict_slug",
    "small",
    "repo",
    "lists",
    "map",
    "nested_map",
    "object",
    "any",
    "patch",
    "patch_state",
    "patch_number",
    "file",
    "nested",
    "nested_list",
    "patch_nested",
    "per-page",
    "since",
    "until",
    "limit",
    "note",
    "numbers",
    "inner",
    "n-1",
    "stranger",
];

/// An input that gives every parameter.
pub(crate) fn valid() -> Value {
    serde_json::from_str(VALID).expect("the valid input is JSON")
}

const VALID: &str = r#"{
        "text": "t", "short": "abc", "long": "ab", "pattern": "x-12", "anywhere": "A9", "color": "blue",
        "email": "a@example.org", "uri": "urn:isbn:1", "uuid": "0f0e0d0c-0b0a-0908-0706-050403020100",
        "ipv4": "127.0.0.1", "ipv6": "::1", "flag": true, "tiny": -128, "small_int": 1.0, "int": -7, "large": 9007199254740991,
        "byte": 255, "port": 80, "count": 1, "large_count": 3, "ratio": 0.25, "percentage": 99.5, "state": "in_progress",
        "states": ["open", "too heated"], "slug": "slug", "strict_slug": "abc", "small": 5, "repo": "octocat/Hello-World",
        "lists": [[1], []], "map": { "a": -1 }, "nested_map": { "x": { "n-1": 1 } }, "object": { "free": null },
        "any": [null, {}], "patch": null, "patch_state": null, "patch_number": -5,
        "file": "data:text/plain;base64,aGVsbG8=",
        "nested": { "text": "t", "state": "open", "note": null, "numbers": [1, 2.5], "inner": { "n-1": 2 } },
        "nested_list": [{ "text": "t" }], "patch_nested": null, "per-page": 9,
        "since": "2030-01-31", "until": "2030-01-31T08:30:00Z", "limit": 99
}"#;
