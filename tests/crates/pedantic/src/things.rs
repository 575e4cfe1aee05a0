//! Things.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use plugwright_sdk::pagination::{CursorField, LinkHeader};
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, ActionResult, Page, Param, Params, Patch, Result, Value, action, model, path,
};

/// Colours that things come in.
pub const COLOURS: &[&str] = &["red", "green"];

/// State of a thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Param)]
#[param(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It is in use.
    #[default]
    InUse,
    /// Nobody needs it.
    #[param(rename = "spare")]
    Unused,
}

/// Number of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..))]
pub struct Number(pub u32);

/// Name of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=20), pattern = "^[a-z]")]
pub struct Name(pub String);

/// Where a thing stands, as `shelf/row`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(text, pattern = "^[a-z]+/[a-z]+$")]
pub struct Place {
    /// Shelf.
    pub shelf: String,
    /// Row of the shelf.
    pub row: String,
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let (shelf, row) = text.split_once('/').ok_or("must be `shelf/row`")?;
        Ok(Self {
            shelf: shelf.to_owned(),
            row: row.to_owned(),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shelf, self.row)
    }
}

/// What narrows a list.
#[derive(Clone, Debug, Params)]
pub struct Filter {
    /// Only things in this state.
    #[param(provider_default = State::InUse)]
    pub state: Option<State>,
    /// Only things made on this day.
    #[param(format = "date")]
    pub made_on: Option<String>,
    /// What bounds the list.
    #[param(flatten)]
    pub limits: Limits,
}

/// What bounds a list.
#[derive(Clone, Debug, Params)]
pub struct Limits {
    /// Things per page.
    #[param(rename = "per-page", default = 30, range(1..=100))]
    pub per_page: u32,
}

/// Size of a thing.
#[derive(Clone, Debug, Params)]
pub struct Size {
    /// Height in metres.
    #[param(range(0.0..=3.5))]
    pub height: f64,
    /// Width in metres, if it is known.
    pub width: Option<f64>,
}

/// A thing.
#[model]
pub struct Thing {
    /// Number.
    pub number: u32,
    /// Name.
    pub name: Option<String>,
    /// Kind.
    pub kind: Kind,
}

/// Kind of a thing.
#[model]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It stands by itself.
    Single,
    /// It has parts.
    Set {
        /// Number of parts.
        parts: Option<u32>,
    },
}

/// Lists things, narrowed by a filter.
#[action("things.list", read)]
pub async fn list(
    cx: &ActionContext,
    #[param(flatten)] filter: Filter,
    /// Only things of these colours.
    #[param(length(1..=3))]
    colours: Option<Vec<String>>,
) -> Result<Page<Thing>> {
    cx.get("/things")
        .query_params(&filter)
        .query("colour", colours)
        .page(CursorField::new("next", "cursor"))
        .await
}

/// Finds things by a text.
#[action("things.find", read, get = "/things/find", page = LinkHeader)]
pub async fn find(
    cx: &ActionContext,
    /// What to look for.
    #[param(rename = "q", length(..=200), example = "lamp")]
    text: String,
    #[param(flatten)] filter: Filter,
) -> Result<Page<Thing>>;

/// Gets one thing.
#[action("things.get", read, get = "/things/{number}")]
pub async fn get(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
) -> Result<Thing>;

/// Creates a thing.
#[action("things.create", write, scopes = ["things"], post = "/things", json)]
pub async fn create(
    cx: &ActionContext,
    /// Name.
    #[param(default = Name("thing".to_owned()))]
    name: Name,
    /// Where it stands.
    place: Place,
    /// Colour.
    #[param(options = COLOURS, default = "red")]
    colour: String,
    /// Size.
    size: Option<Size>,
    /// Whatever else is known.
    notes: Option<BTreeMap<String, Value>>,
    #[param(flatten)] limits: Limits,
) -> Result<Thing>;

/// Replaces a thing by another.
#[action("things.replace", write, idempotent, put = "/things/{number}", json)]
pub async fn replace(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
    /// Mail address of its owner.
    #[param(format = "email")]
    owner: String,
    /// Settings of the kind.
    settings: JsonObject,
) -> Result<Thing>;

/// Changes a thing; what is not given stays as it is.
#[action("things.update", write, idempotent, patch = "/things/{number}", json)]
pub async fn update(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
    /// New name.
    name: Option<Name>,
    /// New note; null removes it.
    note: Patch<String>,
    /// New state.
    #[param(deprecated = "use `things.archive`")]
    state: Option<State>,
) -> Result<Thing>;

/// Tags a thing, by a form.
#[action("things.tag", write, post = "/things/{number}/tags", form)]
pub async fn tag(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
    /// Tags.
    tags: Vec<String>,
    #[param(flatten)] limits: Limits,
) -> Result<()>;

/// Puts a thing away.
#[action("things.archive", write)]
pub async fn archive(
    cx: &ActionContext,
    /// Where it stands now.
    place: Place,
    /// Whether to tell its owner.
    #[param(default = false)]
    tell: bool,
) -> Result<ActionResult> {
    let Place { shelf, row } = place;
    let answer = cx
        .post(path!(
            "/shelves/{shelf}/{+rest}",
            rest = format!("{row}/archive")
        ))
        .field("tell", tell)
        .fetch()
        .await?;
    Ok(ActionResult::new(answer))
}

/// Deletes a thing.
#[action("things.delete", destructive, delete = "/things/{number}")]
pub async fn delete(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
    /// Why.
    reason: Option<String>,
) -> Result<()>;
