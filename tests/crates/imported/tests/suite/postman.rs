//! What imported requests of Postman collections send is what `postman-collection` of npm resolves
//! them to.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugwright_import::openapi::Examples;
use plugwright_import::{ImportedAction, Outcome};
use plugwright_sdk::host::Registry;
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, Auth, Value, json};
use plugwright_tests_imported::{self as imported, postman, sources};

/// Of each hundred requests so many are the same.
const LEAST: usize = 97;

#[test]
fn requests_of_collections_are_what_postman_resolves_them_to() {
    let collections = postman::collections();
    assert!(collections.len() >= 20, "{collections:?}");
    let mut resolver = postman::resolver();
    let (mut count, mut same, mut refused) = (0, 0, Vec::new());
    let mut problems = Vec::new();
    for path in &collections {
        let document = sources::read(path);
        let imported = imported::import(path);
        for operation in &imported.report.operations {
            if operation.outcome == Outcome::Refused {
                let about = format!("{} {:?}", path.display(), operation);
                refused.push(about);
            }
        }
        let examples = Examples::new(&document).unwrap();
        let actions: BTreeMap<String, ImportedAction> = imported
            .connector
            .actions
            .iter()
            .map(|action| (action.name.clone(), action.clone()))
            .collect();
        let connector = imported.connector.connector().unwrap();
        let settings = imported::settings(&connector);
        let registry = Registry::new([connector]).unwrap();
        let mut requests: Vec<Value> = Vec::new();
        for entry in registry.own_actions() {
            let action = &actions[entry.action.name()];
            let input = postman::shown(action, &examples);
            let plan = Arc::new(Plan::new());
            let placeholder = entry.schemes().next().map(Auth::placeholder);
            let cx = ActionContext::builder(&entry.connector, plan.clone())
                .credential(placeholder.unwrap_or_default())
                .settings(settings.clone())
                .build();
            count += 1;
            let result = match entry.action.decode(input) {
                Ok(invocation) => block_on(invocation.run(&cx)).map(drop),
                Err(error) => Err(error),
            };
            match (plan.requests().into_iter().next(), result) {
                (Some(planned), _) => requests.push(json!({
                    "method": action.operation.method, "path": action.operation.path,
                    "planned": planned,
                })),
                (None, result) => {
                    problems.push(format!("{} {}: {result:?}", path.display(), action.name));
                }
            }
        }
        let found = resolver.judge(path, &requests);
        for (request, problem) in requests.iter().zip(found) {
            match problem {
                None => same += 1,
                Some(problem) => {
                    problems.push(format!("{}: {problem}\n  {request}", path.display()));
                }
            }
        }
    }
    let text = problems.join("\n");
    println!(
        "{} collections, {count} requests, {same} the same; {} refused: {refused:#?}\n{text}",
        collections.len(),
        refused.len()
    );
    assert!(count >= 100, "{count} requests");
    assert!(same * 100 >= count * LEAST, "{same} of {count}\n{text}");
    assert!(refused.len() * 100 <= count * (100 - LEAST), "{refused:#?}");
}
