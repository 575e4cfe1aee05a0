//! The connector whose action is called: a provider with a list of items.

use plugwright_sdk::host::{ActionDefinition, ActionInfo, Returns};
use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{
    Action as _, ActionContext, ActionFunction, Auth, ConnectorDefinition, Page, Param, Result,
    action, actions, model,
};

/// The token that the provider wants to see.
pub(super) const UPSTREAM_TOKEN: &str = "upstream-0123456789abcdefghijklmnopqrstuvwxyz";
/// Stands in the last item of the list and nowhere else.
pub(crate) const LAST_ITEM: &str = "item-10";
/// What the provider answers.
pub(super) const ITEMS: &str = include_str!("items.json");
pub(crate) const ACTION: &str = "bench.items.list";
pub(crate) const CALL: &str = r#"{"input":{"project":"plugwright","state":"open","limit":10}}"#;

pub(super) const TOOL: &str = "bench_items_list";
pub(super) const ARGUMENTS: &str = r#"{"project":"plugwright","state":"open","limit":10}"#;
/// How many actions [`many`] has.
pub(super) const MANY: usize = 1000;
/// Stands in the last tool of [`many`] and nowhere else.
pub(super) const LAST_TOOL: &str = "many_items_list_0999";

pub(super) static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("bench", "Bench", "1.0.0")
        .description("A provider on loopback that answers at once")
        .base_url("{origin}")
        .auth(&[Auth::bearer_token("Token")])
        .actions(actions![list]);

/// An item of a project.
#[model]
struct Item {
    /// Id.
    id: String,
    /// The project that it belongs to.
    project: String,
    /// What it is about, in one line.
    title: String,
    /// Open or closed.
    state: String,
    /// Its place in the list.
    rank: u32,
}

/// The states of an item.
#[derive(Clone, Copy, Param)]
enum State {
    /// Nobody has done it.
    Open,
    /// Somebody has done it.
    Closed,
}

fn pages() -> impl Pagination {
    CursorField::new("cursor", "/next").items("/items")
}

/// Lists the items of a project, the most important first.
///
/// Items of other projects are left out. Returns id, title, state and place of each item, page by
/// page.
#[action("items.list", read, get = "/items", page = pages())]
async fn list(
    cx: &ActionContext,
    /// Name of the project.
    #[param(length(1..=100))]
    project: String,
    /// Only items in this state.
    state: Option<State>,
    /// Items per page.
    #[param(provider_default = 30, range(1..=100))]
    limit: Option<u32>,
) -> Result<Page<Item>>;

/// Makes a connector of [`MANY`] actions that look like the one above. It lasts as long as the process.
pub(super) fn many() -> &'static ConnectorDefinition {
    let definition = |number| -> &'static ActionDefinition {
        let info = ActionInfo {
            name: Box::leak(format!("items.list_{number:04}").into_boxed_str()),
            ..<list as ActionFunction>::INFO
        };
        let schema = || <list as ActionFunction>::DEFINITION.output_schema();
        Box::leak(Box::new(ActionDefinition::new(
            info,
            Returns::List,
            schema,
            |_| None,
        )))
    };
    let actions: Vec<_> = (0..MANY).map(definition).collect();
    let connector = ConnectorDefinition::new("many", "Many", "1.0.0")
        .description("A thousand actions that are listed and not called")
        .base_url("https://many.example.com")
        .actions(Box::leak(actions.into_boxed_slice()));
    Box::leak(Box::new(connector))
}
