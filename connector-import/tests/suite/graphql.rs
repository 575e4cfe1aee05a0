//! GraphQL schemas.

mod hostile;
mod settings;

use std::sync::Arc;

use plugwright_import::openapi::{self, ImportError, Imported, Settings};
use plugwright_import::{ImportedAction, ImportedConnector, Outcome, Overlay, read};
use plugwright_sdk::host::{Effect, Registry, Returns, SchemeParts};
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::{Plan, PlannedRequest, Response};
use plugwright_sdk::{ActionContext, ActionError, ActionResult, Auth, ErrorCode, Value, json};

const SCHEMA: &str = r#"
"Tasks of <b>teams</b>."
schema { query: Root, mutation: Changes, subscription: News }

"An ISO-8601 date." scalar DateTime
scalar Upload
scalar Odd

enum State { OPEN, CLOSED, "Gone" LOST @deprecated }

input Filter { and: [Filter!], state: State = OPEN, before: DateTime, old: String @deprecated }
input Change { title: String, state: State, parts: [Part!]! = [] }
input Picture { file: Upload!, title: String }
input Album { cover: Picture!, title: String }
input Part @oneOf { text: String, number: Int }

interface Node { id: ID! }
type Person implements Node { id: ID!, name: String, age: Int, secret(key: String!): String }
type Bot implements Node { id: ID!, name: String!, owner: Person }
union Actor = Person | Bot

type Task implements Node {
  id: ID!
  title: String!
  state: State
  created: DateTime
  old: String @deprecated(reason: "Use title")
  actor: Actor
  owner: Person
  tags: [String!]!
  children(first: Int!, after: String): Tasks
  related: [Task!]
}
type Tasks { totalCount: Int!, nodes: [Task], pageInfo: PageInfo! }
type Edge { node: Task, cursor: String }
type Found { edges: [Edge!]!, pageInfo: PageInfo! }
type PageInfo { hasNextPage: Boolean!, endCursor: String, hasPreviousPage: Boolean! }
type Payload { success: Boolean!, task: Task }

type Root {
  "Finds one task."
  task("Its id" id: ID!): Task
  tasks(first: Int = 20, after: String, last: Int, before: String, filter: Filter): Tasks!
  searchTasks(query: String!, first: Int, after: String): Found
  taskCount: Int! @deprecated(reason: "Use tasks")
  actor(id: ID!): Actor
  node(id: ID!): Node
  odd(value: Odd): Odd
  lost: Missing
}
type Changes {
  taskUpdate(id: ID!, change: Change!): Payload!
  taskDelete(id: ID!, final: State = OPEN): Boolean
  pictureUpload(file: Upload!): Boolean
  taskAttach(id: ID!, file: Upload): Boolean
  albumCreate(album: Album!): Boolean
}
type News { taskChanged: Task }
"#;

fn import(settings: &Settings) -> Result<Imported, ImportError> {
    openapi::import(&read(SCHEMA.as_bytes()).unwrap(), settings)
}

fn settings() -> Settings {
    Settings {
        base_url: Some("https://api.todo.test/v2/graphql".to_owned()),
        ..Settings::named("todo")
    }
}

fn imported() -> Imported {
    import(&settings()).unwrap()
}

fn action(name: &str) -> ImportedAction {
    let actions = imported().connector.actions;
    let names: Vec<_> = actions.iter().map(|action| action.name.clone()).collect();
    let found = actions.into_iter().find(|action| action.name == name);
    found.unwrap_or_else(|| panic!("{name} is none of {names:?}"))
}

fn text(name: &str) -> String {
    action(name).request.graphql.unwrap().text
}

fn plan(connector: ImportedConnector, name: &str, input: Value) -> PlannedRequest {
    let registry = Registry::new([connector.connector().unwrap()]).unwrap();
    let entry = registry.find(&format!("todo.{name}")).unwrap();
    let plan = Arc::new(Plan::new());
    let placeholder = entry.schemes().next().map(Auth::placeholder);
    let cx = ActionContext::builder(&entry.connector, plan.clone())
        .credential(placeholder.unwrap_or_default())
        .build();
    let result = block_on(entry.action.decode(input).unwrap().run(&cx));
    let planned = plan.requests().into_iter().next();
    planned.unwrap_or_else(|| panic!("{:?}", result.unwrap_err()))
}

/// Runs an action whose provider answers so.
fn run(
    connector: ImportedConnector,
    name: &str,
    input: Value,
    answer: &Value,
) -> Result<ActionResult, ActionError> {
    let registry = Registry::new([connector.connector().unwrap()]).unwrap();
    let entry = registry.find(&format!("todo.{name}")).unwrap();
    let answer = answer.to_string();
    let transport = Canned::new(move |_| {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        Ok(Response::new(200, headers, answer.clone()))
    });
    let placeholder = entry.schemes().next().map(Auth::placeholder);
    let cx = ActionContext::builder(&entry.connector, Arc::new(transport))
        .credential(placeholder.unwrap_or_default())
        .build();
    block_on(entry.action.decode(input)?.run(&cx))
}

#[test]
fn queries_and_mutations_are_actions() {
    let imported = imported();
    let connector = &imported.connector;
    assert_eq!(connector.source.kind, "graphql");
    assert_eq!(connector.parts.base_url, "https://api.todo.test/v2");
    assert_eq!(connector.parts.description, "Tasks of teams .");
    let facts: Vec<_> = connector
        .actions
        .iter()
        .map(|action| (action.name.as_str(), action.effect, action.returns))
        .collect();
    assert_eq!(
        facts,
        [
            ("task.get", Effect::Read, Returns::Single),
            ("tasks.list", Effect::Read, Returns::List),
            ("tasks.search", Effect::Read, Returns::List),
            ("task.count", Effect::Read, Returns::Single),
            ("actor.get", Effect::Read, Returns::Single),
            ("node.get", Effect::Read, Returns::Single),
            ("odd.get", Effect::Read, Returns::Single),
            ("task.update", Effect::Write, Returns::Single),
            ("task.delete", Effect::Destructive, Returns::Single),
            ("task.attach", Effect::Write, Returns::Single),
        ]
    );
    let count = &connector.actions[3];
    assert_eq!(count.deprecated.as_deref(), Some("Use tasks"));
    assert_eq!(connector.actions[0].description, "Finds one task.");
    assert_eq!(connector.actions[0].title, "Get task");
    let reason = |path: &str| {
        let mut operations = imported.report.operations.iter();
        let operation = operations.find(|operation| operation.path == path).unwrap();
        (operation.outcome, operation.reasons.join("; "))
    };
    let refused = |text: &str| (Outcome::Refused, text.to_owned());
    assert_eq!(reason("lost"), refused("type Missing is not defined"));
    assert_eq!(
        reason("pictureUpload"),
        refused("argument file: files can't be uploaded")
    );
    assert_eq!(
        reason("albumCreate"),
        refused("argument album: Album requires an unsupported type")
    );
    assert_eq!(
        reason("taskChanged"),
        refused("a subscription has no single response")
    );
    assert_eq!(
        reason("taskAttach"),
        (
            Outcome::Degraded,
            "argument file: files can't be uploaded".to_owned()
        )
    );
    assert_eq!(reason("task"), (Outcome::Imported, String::new()));
    let kinds: Vec<_> = connector
        .parts
        .auth
        .iter()
        .map(|auth| &auth.scheme)
        .collect();
    assert!(matches!(
        kinds[..],
        [SchemeParts::BearerToken { .. }, SchemeParts::None]
    ));
}

#[test]
fn an_introspection_says_the_same_as_the_text() {
    let named = |name: &str| json!({ "kind": "OBJECT", "name": name, "ofType": null });
    let string = json!({ "kind": "SCALAR", "name": "String", "ofType": null });
    let state = json!({ "kind": "ENUM", "name": "State" });
    let needed =
        json!({ "kind": "NON_NULL", "name": null, "ofType": { "kind": "SCALAR", "name": "ID" } });
    let schema = json!({
        "queryType": { "name": "Root" },
        "mutationType": null,
        "types": [
            { "kind": "OBJECT", "name": "Root", "fields": [
                { "name": "task", "description": "Finds one task.", "type": named("Task"), "args": [
                    { "name": "id", "type": needed },
                    { "name": "state", "type": state, "defaultValue": "OPEN" },
                    { "name": "a) { b } #", "type": string },
                ] },
                { "name": "task { secret }", "type": string, "args": [] },
            ] },
            { "kind": "OBJECT", "name": "Task", "fields": [
                { "name": "title", "type": string, "args": [] },
                { "name": "old", "type": string, "args": [], "isDeprecated": true },
            ] },
            { "kind": "ENUM", "name": "State", "enumValues": [{ "name": "OPEN" }, { "name": "CLOSED" }] },
            { "kind": "OBJECT", "name": "__Type", "fields": [] },
        ],
    });
    for document in [
        json!({ "__schema": schema }),
        json!({ "data": { "__schema": schema } }),
    ] {
        assert!(openapi::is_graphql(&document));
        let document = read(document.to_string().as_bytes()).unwrap();
        let imported = openapi::import(&document, &settings()).unwrap();
        let [action] = imported.connector.actions.as_slice() else {
            panic!("{:?}", imported.report);
        };
        assert_eq!(
            action.request.graphql.as_ref().unwrap().text,
            "query Task($id: ID!, $state: State) { task(id: $id, state: $state) { title } }"
        );
        assert_eq!(action.input["required"], json!(["id"]));
        assert_eq!(
            imported.report.notes.len(),
            2,
            "{:?}",
            imported.report.notes
        );
    }
}

#[test]
fn what_is_selected_is_bounded() {
    assert_eq!(
        text("task.get"),
        "query Task($id: ID!) { task(id: $id) { id title state created tags \
         actor { __typename ... on Person { id name } ... on Bot { id nameOnBot: name } } \
         owner { id name } related { id title state } \
         children(first: 10) { nodes { id title state } pageInfo { hasNextPage } } } }"
    );
    // Lists in a list would multiply.
    assert_eq!(
        text("tasks.list"),
        "query Tasks($first: Int, $filter: Filter, $after: String) { tasks(first: $first, filter: $filter, \
         after: $after) { totalCount nodes { id title state created tags \
         actor { __typename ... on Person { id name } ... on Bot { id nameOnBot: name } } \
         owner { id name } related { id title state } } pageInfo { hasNextPage endCursor } } }"
    );
    assert_eq!(
        text("actor.get"),
        "query Actor($id: ID!) { actor(id: $id) { __typename ... on Person { id name age } \
         ... on Bot { id nameOnBot: name owner { id name } } } }"
    );
    assert_eq!(text("task.count"), "query TaskCount { taskCount }");
    let selected = text("task.update");
    assert!(
        selected.contains("{ success task { id title state created"),
        "{selected}"
    );
}

#[test]
fn inputs_are_what_the_schema_says() {
    let update = action("task.update");
    assert_eq!(update.input["required"], json!(["id", "change"]));
    assert_eq!(
        update.input["properties"]["change"],
        json!({ "$ref": "#/$defs/Change" })
    );
    let definitions = imported().connector.definitions;
    let change = &definitions["Change"]["properties"];
    // Null clears what a mutation changes.
    assert_eq!(change["title"]["type"], json!(["string", "null"]));
    assert_eq!(change["parts"]["default"], json!([]));
    assert_eq!(
        definitions["Part"]["oneOf"],
        json!([{ "required": ["text"] }, { "required": ["number"] }])
    );
    let filter = &definitions["Filter"]["properties"];
    assert_eq!(filter["before"]["format"], "date-time");
    // Null is what a query filters by.
    assert_eq!(filter["before"]["type"], json!(["string", "null"]));
    assert!(filter.get("old").is_none());
    assert_eq!(
        definitions["State"]["enum"],
        json!(["OPEN", "CLOSED", "LOST"])
    );
    let list = action("tasks.list");
    let names: Vec<_> = list.input["properties"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(names, ["first", "filter"]);
    assert!(list.defaults.is_empty());
    let search = action("tasks.search");
    assert_eq!(search.defaults["first"], 30);
    assert_eq!(
        action("task.get").input["properties"]["id"]["description"],
        "Its id"
    );
}

#[test]
fn a_call_sends_the_operation_with_its_variables() {
    let input = json!({ "id": "T1", "change": { "title": null, "state": "CLOSED" } });
    let planned = plan(imported().connector, "task.update", input.clone());
    assert_eq!(planned.method, "POST");
    assert_eq!(planned.url, "https://api.todo.test/v2/graphql");
    let planned = json!(planned);
    let body = &planned["body"]["json"];
    assert_eq!(body["operationName"], "TaskUpdate");
    assert_eq!(body["variables"], input);
    // Null is not the default.
    let input = json!({ "id": "T1", "final": null });
    let planned = json!(plan(imported().connector, "task.delete", input.clone()));
    assert_eq!(planned["body"]["json"]["variables"], input);
    let planned = json!(plan(
        imported().connector,
        "tasks.search",
        json!({ "query": "a" })
    ));
    let variables = &planned["body"]["json"]["variables"];
    assert_eq!(*variables, json!({ "query": "a", "first": 30 }));
    let input = json!({ "filter": { "before": null } });
    let planned = json!(plan(imported().connector, "tasks.list", input.clone()));
    assert_eq!(planned["body"]["json"]["variables"], input);
}

#[test]
fn answers_are_read_as_those_of_compiled_connectors() {
    let id = json!({ "id": "T1" });
    let task = json!({ "id": "T1", "title": "Buy milk" });
    let found = json!({ "data": { "task": task } });
    let result = run(imported().connector, "task.get", id.clone(), &found).unwrap();
    assert_eq!(*result.data.value(), task);
    let code = |name: &str, answer: Value| {
        let result = run(imported().connector, name, id.clone(), &answer);
        result.unwrap_err().code()
    };
    let none = json!({ "data": { "task": null } });
    assert_eq!(code("task.get", none), ErrorCode::NotFound);
    let refused =
        json!({ "errors": [{ "message": "no", "extensions": { "code": "UNAUTHENTICATED" } }] });
    assert_eq!(code("task.get", refused), ErrorCode::AuthInvalid);
    let limited =
        json!({ "data": null, "errors": [{ "message": "slow", "type": "RATE_LIMITED" }] });
    assert_eq!(code("task.delete", limited), ErrorCode::RateLimited);
    // A mutation may return null.
    let done = json!({ "data": { "taskDelete": null } });
    let result = run(imported().connector, "task.delete", id.clone(), &done).unwrap();
    assert!(result.data.value().is_null());
    let partial = json!({
        "data": { "task": { "id": "T1", "owner": null } },
        "errors": [{ "message": "hidden", "path": ["task", "owner"], "type": "FORBIDDEN" }],
    });
    let result = run(imported().connector, "task.get", id.clone(), &partial).unwrap();
    assert_eq!(result.meta.missing[0].path, "task.owner");
    let page = json!({ "data": { "searchTasks": {
        "edges": [{ "node": task }, { "node": null }],
        "pageInfo": { "hasNextPage": true, "endCursor": "c1" },
    } } });
    let query = json!({ "query": "milk" });
    let result = run(imported().connector, "tasks.search", query, &page).unwrap();
    assert_eq!(*result.data.value(), json!([task]));
    assert!(result.meta.cursor.is_some());
}
