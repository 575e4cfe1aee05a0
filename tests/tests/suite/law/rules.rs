//! Rules over several parameters: of the action itself, of a flattened struct, and of nested ones.

use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::{
    ActionContext, ActionFunction, Lost, Outcome, Params, Patch, Result, Value, action, json,
};

/// When something is, spread among the parameters.
#[derive(Clone, Debug, Params)]
#[param(requires(until, since), at_most_one(on, since))]
struct When {
    /// Day.
    on: Option<String>,
    /// First day.
    since: Option<String>,
    /// Last day.
    #[param(rename = "un-til")]
    until: Option<String>,
}

/// Where something is, in an object of its own.
#[derive(Clone, Debug, Params)]
#[param(exactly_one(shelf, room), all_or_none(room, door))]
struct Place {
    /// Shelf.
    shelf: Option<u32>,
    /// Room.
    room: Option<u32>,
    /// Door of the room.
    door: Patch<u32>,
}

/// Takes parameters that depend on each other.
#[action(
    "rules.keep",
    write,
    reconcile(natural = find_kept(task, when)),
    exactly_one(task, project, section),
    all_or_none(amount, unit),
    requires(note, task),
    at_most_one(unit, on)
)]
async fn keep(
    _cx: &ActionContext,
    /// Task.
    task: Option<String>,
    /// Project.
    #[param(rename = "pro-ject")]
    project: Patch<String>,
    /// Section.
    section: Option<Value>,
    /// Amount.
    amount: Option<u32>,
    /// Unit.
    unit: Option<String>,
    /// Note.
    note: Option<String>,
    #[param(flatten)] when: When,
    /// Places.
    places: Option<Vec<Place>>,
) -> Result<()> {
    let _ = (task, project, section, amount, unit, note, when, places);
    Ok(())
}

#[expect(clippy::unused_async, reason = "what finds a write is asynchronous")]
async fn find_kept(
    _cx: &ActionContext,
    _lost: &Lost,
    task: Option<String>,
    when: When,
) -> Result<Outcome<()>> {
    let _ = (task, when);
    Ok(Outcome::NotDone)
}

pub(crate) fn action() -> &'static ActionDefinition {
    <keep as ActionFunction>::DEFINITION
}

/// Inputs with every combination of these members absent, `null` and given.
fn combinations(members: &[(&str, Value)]) -> Vec<Value> {
    let mut inputs = vec![json!({})];
    for (name, value) in members {
        inputs = inputs
            .into_iter()
            .flat_map(|input| {
                let with = |value: &Value| {
                    let mut input = input.clone();
                    input[*name] = value.clone();
                    input
                };
                [with(&Value::Null), with(value), input]
            })
            .collect();
    }
    inputs
}

/// Every combination of the parameters, and of the members of a nested object.
pub(crate) fn inputs() -> Vec<Value> {
    let mut inputs = combinations(&[
        ("task", json!("1")),
        ("pro-ject", json!("2")),
        ("section", json!(3)),
        ("amount", json!(4)),
        ("unit", json!("hour")),
        ("note", json!("n")),
        ("on", json!("d")),
        ("since", json!("d")),
    ]);
    let whens = combinations(&[
        ("on", json!("d")),
        ("since", json!("d")),
        ("un-til", json!("d")),
        ("unit", json!("hour")),
        ("amount", json!(4)),
    ]);
    inputs.extend(whens.into_iter().map(|mut input| {
        input["task"] = json!("1");
        input
    }));
    let places = combinations(&[
        ("shelf", json!(1)),
        ("room", json!(2)),
        ("door", json!(3)),
        ("stranger", json!(4)),
    ]);
    inputs.extend(
        places
            .into_iter()
            .map(|place| json!({ "task": "1", "places": [{ "shelf": 1 }, place] })),
    );
    inputs
}
