//! A connector that uses for its own things the names that generated code uses.

use ::plugwright_sdk as sdk;

/// Takes the name of a type in the prelude.
pub struct Option;
/// Takes the name of a type in the prelude.
pub struct String;
/// Takes the name of a variant in the prelude.
pub struct Some;
/// Takes the name of a variant in the prelude.
pub struct None;
/// Takes the name of a type in the prelude.
pub struct Result;
/// Takes the name of a crate.
pub mod plugwright_sdk {}
/// Takes the name of a crate.
pub mod serde {}
/// Takes the name of a crate.
pub mod core {}
/// Takes the name of a crate.
pub mod std {}

/// Texts under the name of a constant.
pub const CONSTRAINTS: &[&str] = &["a", "b"];
/// A number under the name of a constant.
pub const ENTRIES: u32 = 1;
/// A number under the name of a constant.
pub const DEFINITION: u32 = 2;
/// Returns a number under the name of a variable.
pub fn decoder() -> u32 {
    3
}
/// Returns a number under the name of a variable.
pub fn a0() -> u32 {
    4
}
/// Returns a number under the name of a variable.
pub fn cx() -> u32 {
    5
}

/// One of the texts.
#[derive(sdk::Param)]
#[param(options = CONSTRAINTS)]
pub struct Decoder(::std::string::String);

/// Fields under the names of variables.
#[derive(sdk::Params)]
pub struct Params {
    /// Number.
    #[param(default = ENTRIES)]
    pub value: u32,
    /// Number.
    pub members: u32,
    /// Number.
    pub at: ::std::option::Option<u32>,
    /// Number.
    pub r#type: u32,
}

/// Takes arguments under the names of variables.
#[sdk::action(
    "names.run",
    write,
    post = "/{a1}/{place}",
    json,
    reconcile(natural = find(path))
)]
pub async fn run(
    context: &sdk::ActionContext,
    /// Number.
    #[param(default = DEFINITION, example = decoder())]
    a1: u32,
    /// Number.
    #[param(default = a0())]
    place: u32,
    /// Number.
    path: u32,
    /// Number.
    request: u32,
    /// Text.
    entries: Decoder,
    /// Number.
    #[param(rename = "self", default = cx())]
    r#type: u32,
    #[param(flatten)] fields: Params,
) -> sdk::Result<sdk::Value>;

/// Looks for nothing under the name of a function.
#[expect(clippy::unused_async, reason = "it makes no request")]
async fn find(
    _context: &sdk::ActionContext,
    _found: &sdk::Lost,
    _path: u32,
) -> sdk::Result<sdk::Outcome<sdk::Value>> {
    ::std::result::Result::Ok(sdk::Outcome::unknown("nothing is looked for"))
}

/// The connector.
pub static CONNECTOR: sdk::ConnectorDefinition =
    sdk::ConnectorDefinition::new("names", "Names", "1.0.0")
        .base_url("https://api.example.com")
        .actions(sdk::actions![run]);
