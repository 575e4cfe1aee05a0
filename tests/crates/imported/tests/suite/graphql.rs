//! What imported GraphQL operations send is accepted by the reference implementation, `graphql` of npm,
//! and what that returns is what their schemas say.
//!
//! One operation of eight is run; with `PLUGWRIGHT_IMPORT_ALL` all of them, with all that they can be given
//! and with no more than must be.

use std::env;
use std::path::Path;
use std::time::Instant;

use plugwright_import::Outcome;
use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_sdk::Value;
use plugwright_sdk::host::{Entry, Registry, Returns};
use plugwright_sdk::schema::example;
use plugwright_tests_imported::graphql::{Server, schemas};
use plugwright_tests_imported::sources;

/// Of the operations of a schema one of so many is in the sample.
const ONE_OF: usize = 24;

fn import(path: &Path) -> Imported {
    let settings = Settings {
        base_url: Some("https://sample.test/graphql".to_owned()),
        ..Settings::named("sample")
    };
    let document = sources::read(path);
    openapi::import(&document, &settings)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs an action with an input, and compares what it returns with its schema.
fn check(
    server: &Server,
    schema: &Path,
    entry: &Entry,
    output: &jsonschema::Validator,
    input: &Value,
) -> Result<(), String> {
    let page = |cursor| {
        let result = server.run(schema, entry, input.clone(), cursor)?;
        let data = result.data.value().into_owned();
        let fault = output.iter_errors(&data).next();
        let fault = fault.map(|error| format!("{}: {error}", error.instance_path()));
        match fault {
            Some(fault) => Err(fault),
            None => Ok((data, result.meta.cursor)),
        }
    };
    let (first, cursor) = page(None)?;
    if entry.action.returns() == Returns::List {
        let cursor = cursor.ok_or("there is no second page")?;
        let (_, end) = page(Some(cursor))?;
        if end.is_some() || !first.is_array() {
            return Err(format!("the second page is not the last: {end:?}"));
        }
    }
    Ok(())
}

#[test]
fn every_operation_of_public_schemas_is_accepted_and_returns_what_it_says() {
    let server = Server::start();
    let mut problems = Vec::new();
    let (mut operations, mut actions) = (0, 0);
    for path in schemas() {
        let begun = Instant::now();
        let imported = import(&path);
        let took = begun.elapsed();
        let report = &imported.report;
        let named = path.file_name().unwrap().display().to_string();
        println!(
            "{named}: {} operations, {} degraded, {} refused, {} definitions in {took:.1?}; notes: {:?}",
            report.operations.len(),
            report.count(Outcome::Degraded),
            report.count(Outcome::Refused),
            imported.connector.definitions.len(),
            report.notes,
        );
        for operation in &report.operations {
            for reason in &operation.reasons {
                println!("  {:?} {}: {reason}", operation.outcome, operation.path);
            }
            let is_upload = || operation.reasons[0].ends_with("can't be uploaded");
            let needs_one = || operation.reasons[0].ends_with("requires an unsupported type");
            let is_called = operation.method != "SUBSCRIPTION";
            if operation.outcome == Outcome::Refused && is_called && !is_upload() && !needs_one() {
                problems.push(format!("{named}: {operation:?}"));
            }
        }
        operations += report.operations.len();
        let registry = Registry::new([imported.connector.connector().unwrap()]).unwrap();
        let is_whole = env::var_os("PLUGWRIGHT_IMPORT_ALL").is_some();
        for (index, entry) in registry.own_actions().iter().enumerate() {
            actions += 1;
            assert!(entry.action.name().len() + "sample.".len() <= 64);
            if !is_whole && index % ONE_OF != 0 {
                continue;
            }
            let schema = entry.action.output_schema();
            let output = jsonschema::validator_for(&schema).unwrap();
            let schema = entry.action.input_schema();
            let small = Value::from(example::smallest(&schema));
            let mut inputs = vec![example::of(&schema)];
            // What is too deep for an example of everything is left out of a small one.
            inputs.retain(|input| entry.action.decode(input.clone()).is_ok());
            if inputs.is_empty() || is_whole {
                inputs.push(small);
            }
            for input in inputs {
                if let Err(problem) = check(&server, &path, entry, &output, &input) {
                    let name = entry.action.name();
                    problems.push(format!("{named}: {name}: {problem}\n  {input}"));
                }
            }
        }
    }
    println!("{operations} operations, {actions} actions");
    assert!(actions >= 1700, "{actions} actions");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
