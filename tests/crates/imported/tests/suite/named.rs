//! Documents that importers stumble over, each with what is expected of it.

use std::path::Path;

use plugwright_import::Outcome;
use plugwright_import::openapi::Imported;
use plugwright_tests_imported::{import, sources};

fn document(name: &str) -> Imported {
    let documents = sources::directory();
    let path = documents
        .iter()
        .find(|path| path.ends_with(Path::new(name)));
    import(path.unwrap_or_else(|| panic!("{name} is not in the directory")))
}

/// Imports, makes the connector and reads the schemas of one action of so many. Returns how many
/// operations became actions.
fn sampled(name: &str, least: usize, one_of: usize) -> usize {
    let imported = document(name);
    let refused: Vec<_> = imported
        .report
        .operations
        .iter()
        .filter(|operation| operation.outcome == Outcome::Refused)
        .map(|operation| format!("{} {}", operation.path, operation.reasons.join("; ")))
        .collect();
    assert!(refused.is_empty(), "{name}: {refused:?}");
    let connector = imported.connector.connector().unwrap();
    let mut count = 0;
    for action in connector.actions() {
        assert!(
            "sample.".len() + action.name().len() <= 64,
            "{}",
            action.name()
        );
        count += 1;
        if count % one_of != 0 {
            continue;
        }
        let (input, output) = (action.input_schema(), action.output_schema());
        assert!(input.to_string().len() < 2 << 20, "{}", action.name());
        assert!(output.to_string().len() < 2 << 20, "{}", action.name());
    }
    assert!(count >= least, "{name} has {count} actions");
    count
}

/// Imports, makes the connector and reads all its schemas. Returns how many operations became
/// actions.
fn actions(name: &str, least: usize) -> usize {
    sampled(name, least, 1)
}

#[test]
fn schemas_that_lead_to_themselves_everywhere() {
    actions("bitbucket.org.json", 305);
}

#[test]
fn hundreds_of_operations_on_forms_with_names_of_bounded_length() {
    actions("stripe.com.json", 452);
}

#[test]
fn objects_that_describe_all_of_a_cluster() {
    actions("kubernetes.io.json", 845);
}

#[test]
fn visual_studio_online() {
    actions("visualstudio.com.json", 142);
}

#[test]
fn azure_devops_as_azure_manages_it() {
    for (name, least) in [
        ("azure.com/devops.json", 8),
        ("azure.com/visualstudio-Csm.json", 15),
        ("azure.com/visualstudio-PipelineTemplates.json", 1),
        ("azure.com/visualstudio-Projects.json", 4),
    ] {
        actions(name, least);
    }
}

#[test]
fn tens_of_megabytes_of_microsoft_graph() {
    sampled("microsoft.com/graph.json", 11_422, 500);
    if std::env::var_os("PLUGWRIGHT_IMPORT_ALL").is_some() {
        sampled("microsoft.com/graph-beta.json", 22_361, 500);
    }
}
