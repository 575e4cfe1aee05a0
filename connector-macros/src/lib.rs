#![doc = include_str!("../README.md")]

mod action;
mod actions;
mod cassettes;
mod derive_param;
mod derive_params;
mod docs;
mod errors;
#[cfg(test)]
mod golden;
mod keys;
#[cfg(test)]
mod mistakes;
mod model;
mod param;
mod parameter;
mod params;
mod path;
mod pattern;
mod rule;
mod sdk;

use proc_macro::TokenStream;

/// Turns an async function into an action of a connector.
///
/// ```text
/// /// Gets one task of a project by its id.
/// ///
/// /// Returns the task's id and content; a task that was deleted is not found.
/// #[action(read, scopes = ["tasks"])]
/// pub async fn get(
///     cx: &ActionContext,
///     /// Id of the task.
///     #[param(range(1..))]
///     task_id: u64,
/// ) -> Result<Task> {
///     cx.get(path!("/tasks/{task_id}")).fetch().await
/// }
/// ```
///
/// The function is unchanged and can be called directly. The macro adds its definition, which
/// [`actions!`](macro@actions) finds by the function's path.
///
/// - The first argument is the context, `cx: &ActionContext`. The others are parameters: owned types
///   that implement `Param`, or an `Option` or a `Patch` of one, each with a doc comment if its type
///   has none that says what it is.
/// - The function's doc comment is the description of the action. Lines within a paragraph are joined.
/// - It returns `Result<T>`, where `T` is made by [`#[model]`](macro@model) or otherwise implements
///   `Serialize` and `JsonSchema`; `Result<Page<T>>` for a list; or `Result<ActionResult>`.
///
/// All mistakes in the item are reported together, each at its token. The function and a placeholder for
/// its definition are emitted even then, so that code that uses them causes no further errors.
///
/// # Keys of `#[action(..)]`
///
/// The action is named after its module and function: `list` in `src/issues.rs` is `issues.list`. A name
/// of its own comes first: `resource.verb`, of lower-case letters, digits and `_`. The keys follow in
/// any order.
///
/// | Key | Meaning |
/// | --- | --- |
/// | `read`, `write`, `destructive` | the effect; exactly one of them |
/// | `idempotent` | doing it twice has the same effect as doing it once; implied by `read` |
/// | `title = "Get a task"` | the display name; generated from the name if not given |
/// | `scopes = ["tasks"]` | required OAuth scopes, which a scheme of the connector must declare |
/// | `scopes = any("tasks", "all")` | any one of these scopes is sufficient; can also be an item of the list |
/// | `auth = [1]`, `auth = none` | the accepted auth schemes, by their index in the connector's `.auth(..)`, if not all; or that it takes no credential |
/// | `deprecated = "use tasks.find"` | why it should no longer be used, and what to use instead |
/// | `reconcile(key = find_added(list))` | the function that looks for a write whose response was lost, by a key sent with it, and its parameters |
/// | `reconcile(natural = find_added(list, title))` | the same, by the content of the write |
/// | `get`, `post`, `put`, `patch` or `delete = "/tasks/{task_id}"` | the request of a function that ends with `;` |
/// | `json`, `form` | where the parameters that are not in the path go |
/// | `json(optional)`, `form(optional)` | the same, without a body if none of them is given |
/// | `json(kind = "file")`, `form(..)`, `query(..)` | the same, with constants; `query` only takes constants |
/// | `page = LinkHeader` | the pagination strategy of that request; any expression |
/// | `exactly_one(a, b)` | one of these parameters is given, and no other |
/// | `at_most_one(a, b)` | no two of them are given together |
/// | `all_or_none(a, b)` | either all of them are given or none is |
/// | `requires(a, b)` | the first requires the others |
///
/// The last four are rules over optional parameters, and can be repeated.
///
/// A function without a body makes that one request. Without `json` or `form`, the parameters that the
/// path does not name go into the query of a `get` or `delete` request; of the others, each must be in
/// the path.
///
/// # Keys of `#[param(..)]`
///
/// They stand on the arguments, and on the fields of a [`#[derive(Params)]`](macro@Params) struct.
///
/// | Key | Stands on | Meaning |
/// | --- | --- | --- |
/// | `default = 30` | values that are always sent | the value if none is given |
/// | `provider_default = 30` | `Option`, `Patch` | the value that the provider uses if none is sent |
/// | `range(1..=100)` | numbers | bounds: `1..=100`, `1..100`, `1..`, `..=100` or one number |
/// | `length(1..=50)` | texts, lists, maps | bounds of the number of code points, items or members |
/// | `pattern = "^[a-z]+$"` | texts | a regular expression that matches somewhere, in the subset that JSON Schema and Rust share |
/// | `format = "date"` | texts | `date`, `date-time`, `email`, `uri`, `uuid`, `ipv4` or `ipv6` |
/// | `options = PATH` | texts | one of a constant list, `const PATH: &[&str]` |
/// | `rename = "per-page"` | any | the name that callers use, if it is not that of the argument |
/// | `example = 30` | any | a value for documentation |
/// | `deprecated = "use labels"` | any | why it should no longer be given, and what to give instead |
/// | `send_as = digit` | arguments of one-call actions | how the argument is sent, where its type has several ways |
/// | `flatten` | structs of parameters | spreads the fields among the parameters; stands alone |
///
/// Each rule is written into the published schema and checked by the decoder. A rule on an `Option` or a
/// `Patch` applies to the value, if there is one. A rule that doesn't fit the type doesn't compile.
#[proc_macro_attribute]
pub fn action(attribute: TokenStream, item: TokenStream) -> TokenStream {
    action::expand(attribute.into(), &item.into(), &sdk::path()).into()
}

/// Makes a type that actions return, from a struct or an enum.
///
/// ```text
/// /// A task.
/// #[model]
/// pub struct Task {
///     /// Id.
///     pub id: u64,
///     /// What is to be done; the provider calls it `text`.
///     #[serde(rename(deserialize = "text"))]
///     pub content: String,
///     /// When it is due.
///     pub due: Option<String>,
/// }
/// ```
///
/// It derives `Clone`, `Debug`, `Serialize`, `Deserialize` and `JsonSchema`, with the paths of the SDK, so
/// that an author's crate needs neither serde nor schemars. It takes no keys. `#[serde(..)]` on the type
/// and its fields does what it does everywhere, and doc comments go into the schema.
///
/// `Option` fields that are `None` are left out of the output, never `null`, unless `#[serde(..)]` on the
/// field says otherwise with a `skip` key or `flatten`.
#[proc_macro_attribute]
pub fn model(attribute: TokenStream, item: TokenStream) -> TokenStream {
    model::expand(&attribute.into(), &item.into(), &sdk::path()).into()
}

/// Lists actions by the paths of their functions, for `ConnectorBuilder::actions`.
///
/// ```text
/// .actions(actions![issues::list, issues::create])
/// ```
///
/// The list is a constant `&[&ActionDefinition]`. A path to something that is not an action does not
/// compile.
#[proc_macro]
pub fn actions(input: TokenStream) -> TokenStream {
    actions::expand(input.into(), &sdk::path()).into()
}

/// Embeds the recorded traffic of a directory in the crate, for `ConnectorBuilder::cassettes`.
///
/// ```text
/// .cassettes(cassettes!("tests/cassettes"))
/// ```
///
/// The folder is relative to the crate's root, where its `Cargo.toml` is. All files in it that end in
/// `.json` are taken, sorted by name, as a constant `&[(&str, &str)]` of names and contents. Folders
/// inside it are ignored.
#[proc_macro]
pub fn cassettes(input: TokenStream) -> TokenStream {
    cassettes::expand(input.into()).into()
}

/// Makes the path of a request from a template, relative to the connector's base URL.
///
/// ```text
/// path!("/projects/{project_id}/tasks")
/// path!("/repos/{owner}/{name}", owner = repo.owner, name = repo.name)
/// path!("/files/{+file}", file = "src/lib.rs")
/// ```
///
/// `{name}` takes one segment or a part of one, `{+name}` several segments with slashes between. A value
/// is given as `name = expression`, or is the variable of that name: text, a number, a boolean, or a
/// parameter that is sent as one of these.
///
/// Values are percent-encoded. An empty one, `.` and `..` would name another resource, so sending the
/// request fails with `VALIDATION_ERROR`.
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    path::expand(input.into(), &sdk::path()).into()
}

/// Names several values of a request at once, for `query_params`, `fields` and `form_fields`.
///
/// ```text
/// cx.post("/issues").fields(params![title, body, labels])
/// cx.get("/search").query_params(params![q = query, "per-page" = page_size])
/// ```
///
/// A variable is sent under its own name; in an action, an argument with `#[param(rename = "..")]` under
/// the name that callers use. `name = expression` sends a value under another name, which is a string
/// if it is no identifier. Values that are absent (`None`, `Patch::Keep`) are left out.
#[proc_macro]
pub fn params(input: TokenStream) -> TokenStream {
    params::expand(input.into(), &sdk::path()).into()
}

/// Makes an enum, a newtype or a type that is parsed from a string a parameter type.
///
/// ```text
/// /// Order of a list.
/// #[derive(Clone, Copy, Param)]
/// #[param(rename_all = "kebab-case")]
/// pub enum Order {
///     /// Newest first.
///     NewestFirst,
///     #[param(rename = "oldest")]
///     OldestFirst,
/// }
///
/// /// A colour as six hexadecimal digits.
/// #[derive(Clone, Param)]
/// #[param(pattern = "^[0-9a-f]{6}$")]
/// pub struct Color(String);
///
/// /// A repository as `owner/name`; it has `FromStr` and `Display`.
/// #[derive(Clone, Param)]
/// #[param(text, pattern = "^[^/]+/[^/]+$")]
/// pub struct Repo { owner: String, name: String }
/// ```
///
/// | On | Key | Meaning |
/// | --- | --- | --- |
/// | an enum | `rename_all = "kebab-case"` | how variants are written: `snake_case` (the default), `kebab-case`, `lowercase`, `UPPERCASE`, `SCREAMING_SNAKE_CASE`, `camelCase` or `PascalCase` |
/// | a variant | `rename = "oldest"` | how this variant is written; any text |
/// | a struct | `text` | it is read with `FromStr` and written with `Display` |
/// | a struct | `range`, `length`, `pattern`, `format`, `options` | rules on the value, as on an argument of [`#[action]`](macro@action) |
/// | a struct | `default`, `provider_default`, `example` | those of its parameters: `default` of the type itself, `provider_default` of an `Option` of it |
///
/// The first paragraph of the type's doc comment describes parameters that have none of their own.
///
/// An enum has no fields, and becomes a text of its variants; their doc comments go into the description. A
/// newtype has the schema of its field. A type parsed from a string declares with `pattern`, `format` or `options`
/// which strings it accepts, and its `FromStr` must accept all of these.
///
/// Types can't be generic.
#[proc_macro_derive(Param, attributes(param))]
pub fn derive_param(item: TokenStream) -> TokenStream {
    derive_param::expand(item.into(), &sdk::path()).into()
}

/// Makes a struct of parameters, to be taken as an object or spread among an action's own parameters.
///
/// ```text
/// /// Limits of a list.
/// #[derive(Params)]
/// pub struct Window {
///     /// First day.
///     #[param(format = "date")]
///     pub since: Option<String>,
///     /// How many at most.
///     #[param(default = 20, range(1..=100))]
///     pub limit: u32,
/// }
/// ```
///
/// Each field is a parameter. It has a doc comment, unless it is flattened or its type has one, and takes
/// the keys of `#[param(..)]` that an argument of [`#[action]`](macro@action) takes. Taken as a parameter, the struct is
/// an object with these members and no others; taken with `#[param(flatten)]`, its fields stand among the
/// parameters of the action.
///
/// On the struct, `#[param(..)]` takes the rules over several parameters that
/// [`#[action]`](macro@action) takes, such as `#[param(exactly_one(since, limit))]`.
///
/// The struct has named fields, is not generic and does not contain itself.
#[proc_macro_derive(Params, attributes(param))]
pub fn derive_params(item: TokenStream) -> TokenStream {
    derive_params::expand(item.into(), &sdk::path()).into()
}
