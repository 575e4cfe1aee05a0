//! A connector in a module without any name that it does not import.

#![no_implicit_prelude]

use ::core::prelude::v1::derive;
use ::plugwright_sdk::pagination::LinkHeader;
use ::plugwright_sdk::{
    ActionContext, ConnectorDefinition, Page, Param, Params, Patch, Result, action, actions, model,
    path,
};
use ::std::option::Option;
use ::std::result;
use ::std::string::String;

/// The connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("no-prelude", "No prelude", "1.0.0")
        .base_url("https://api.example.com")
        .actions(actions![list, get, create, update, remove]);

/// State of a thing.
#[derive(Param)]
pub enum State {
    /// In use.
    InUse,
    /// Put away.
    #[param(rename = "away")]
    PutAway,
}

/// Number of a thing.
#[derive(Param)]
#[param(range(1..))]
pub struct Number(u32);

/// Name of a thing.
#[derive(Param)]
#[param(text, pattern = "^[a-z]+$", length(..=9))]
pub struct Name(String);

impl ::std::str::FromStr for Name {
    type Err = &'static str;

    fn from_str(text: &str) -> result::Result<Self, Self::Err> {
        result::Result::Ok(Self(::std::convert::From::from(text)))
    }
}

impl ::std::fmt::Display for Name {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What narrows a list.
#[derive(Params)]
pub struct Filter {
    /// Only things in this state.
    #[param(default = State::InUse)]
    pub state: State,
    /// Only things made on this day.
    #[param(format = "date")]
    pub made_on: Option<String>,
    /// How many.
    #[param(flatten)]
    pub limits: Limits,
}

/// What bounds a list.
#[derive(Params)]
pub struct Limits {
    /// Things per page.
    #[param(default = 30, range(1..=100), example = 10)]
    pub per_page: u32,
}

/// A thing.
#[model]
pub struct Thing {
    /// Name.
    pub name: Option<String>,
    /// Kind.
    pub kind: Kind,
}

/// Kind of a thing.
#[model]
pub enum Kind {
    /// The only one.
    Thing,
}

/// Lists things.
#[action("things.list", read, get = "/things", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    #[param(flatten)] filter: Filter,
    /// Only things with this text.
    #[param(rename = "q", length(1..), default = "lamp")]
    text: String,
) -> Result<Page<Thing>>;

/// Gets a thing.
#[action("things.get", read, title = "Get one")]
pub async fn get(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
) -> Result<Thing> {
    let number = number.0;
    cx.get(path!("/things/{number}")).fetch().await
}

/// Creates a thing.
#[action("things.create", write, post = "/things", json)]
pub async fn create(
    cx: &ActionContext,
    /// Name.
    name: Name,
    #[param(flatten)] limits: Limits,
) -> Result<Thing>;

/// Changes a thing.
#[action("things.update", write, idempotent, put = "/things/{number}", form)]
pub async fn update(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
    /// New note.
    note: Patch<String>,
) -> Result<Thing>;

/// Deletes a thing.
#[action(
    "things.remove",
    destructive,
    delete = "/things/{number}",
    deprecated = "use things.update"
)]
pub async fn remove(
    cx: &ActionContext,
    /// Number of the thing.
    number: Number,
) -> Result<()>;
