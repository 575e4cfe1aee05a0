//! A connector that knows the SDK by another name: every macro finds it all the same.

use sdk::{
    ActionContext, ConnectorDefinition, Param, Params, Result, action, actions, model, path,
};

/// The connector.
pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("renamed", "Renamed", "1.0.0")
    .base_url("https://api.example.com")
    .actions(actions![get, rename]);

/// How much of a thing is returned.
#[derive(Clone, Copy, Debug, Param)]
pub enum Detail {
    /// Its name.
    Short,
    /// All of it.
    Full,
}

/// Number of a thing.
#[derive(Clone, Copy, Debug, Param)]
#[param(range(1..))]
pub struct Number(u32);

/// What a thing is found by.
#[derive(Clone, Debug, Params)]
pub struct Place {
    /// Number of the thing.
    pub number: Number,
}

/// A thing.
#[model]
pub struct Thing {
    /// Name.
    pub name: String,
    /// What it is for.
    pub note: Option<String>,
}

/// Gets a thing.
#[action("things.get", read)]
pub async fn get(
    cx: &ActionContext,
    #[param(flatten)] place: Place,
    /// How much of it.
    #[param(default = Detail::Short)]
    detail: Detail,
) -> Result<Thing> {
    let number = place.number.0;
    cx.get(path!("/things/{number}"))
        .query("detail", detail)
        .fetch()
        .await
}

/// Gives a thing another name.
#[action("things.rename", write, idempotent, patch = "/things/{number}", json)]
pub async fn rename(
    cx: &ActionContext,
    /// Number of the thing.
    number: u32,
    /// New name.
    #[param(length(1..))]
    name: String,
) -> Result<Thing>;

#[cfg(test)]
mod tests {
    use sdk::testing::{MockContext, block_on};
    use sdk::{host::Registry, json};

    use super::*;

    #[test]
    fn runs_an_action_of_a_crate_that_renames_the_sdk() {
        let registry = Registry::new([&CONNECTOR]).unwrap();
        let cx = MockContext::new(&CONNECTOR, [(200, json!({ "name": "Lamp" }))]);
        let action = registry.find("renamed.things.get").unwrap().action;

        let result = block_on(sdk::run(&*action, &cx, json!({ "number": 7 }))).unwrap();

        assert_eq!(result.data, json!({ "name": "Lamp" }));
        assert_eq!(
            cx.sent()[0].url.as_str(),
            "https://api.example.com/things/7?detail=short"
        );
    }

    #[test]
    fn calls_the_functions_directly() {
        let cx = MockContext::new(
            &CONNECTOR,
            [(200, json!({ "name": "Torch", "note": "new" }))],
        );

        let thing = block_on(rename(&cx, 7, "Torch".to_owned())).unwrap();

        assert_eq!(thing.note.as_deref(), Some("new"));
    }
}
