//! Types of actions: what is generated for all bundled connectors compiles, takes what is right and
//! refuses what is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use plugwright_generate::bindings::{self, ActionTypes};
use plugwright_sdk::host::{Entry, Registry};
use plugwright_sdk::json;
use plugwright_tests::npm;

#[cfg(unix)]
use crate::scaffold::{annex::Annex, cargo, well};

static BUNDLED: LazyLock<Vec<ActionTypes>> = LazyLock::new(|| {
    let registry =
        Registry::new(plugwright::BUNDLED.iter().copied()).expect("the bundled connectors");
    let of_entry = |entry: Entry| ActionTypes {
        id: entry.id(),
        title: entry.action.title().into_owned(),
        description: entry.action.description().to_owned(),
        deprecated: entry.action.deprecated().map(str::to_owned),
        input_schema: entry.action.input_schema(),
        output_schema: entry.action.output_schema(),
    };
    registry.actions().map(of_entry).collect()
});

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/suite/bindings")
        .join(name)
}

/// An action whose texts and names try to end what they stand in.
fn odd() -> ActionTypes {
    let hostile = "a */ b `c` \\ \" \u{202e} \r\n``` ${x} <b> [c] {d}\u{2028}/// e";
    let member = json!({ "type": "string", "description": hostile, "default": hostile, "enum": ["", "a", "A", "*/", "\"\n", "1x", "日本", "Other"] });
    let schema = json!({
        "description": hostile,
        "type": "object",
        "properties": {
            "type": member, "self": { "type": "integer" }, "a-b": member, "a_b": { "type": "boolean" }, "a b": {}, "*/": member,
            "\n\"": { "type": ["string", "null"] }, "日本": { "type": "array", "items": { "type": ["integer", "string"] } },
            "map": { "type": "object", "additionalProperties": { "anyOf": [{ "type": "string" }, { "type": "integer" }, { "type": "null" }] } },
            "tree": { "$ref": "#/$defs/Tree" }, "const": { "const": 7 },
            "both": { "allOf": [{ "type": "object", "properties": { "x": { "type": "number" } } }, { "properties": { "y": { "type": "number" } }, "required": ["y"] }] },
            "open": { "type": "object", "properties": { "id": { "type": "integer" } }, "required": ["id"] }
        },
        "required": ["self", "tree", "open"],
        "additionalProperties": false,
        "$defs": { "Tree": { "type": "object", "properties": { "parent": { "$ref": "#/$defs/Tree" }, "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" } } } } }
    });
    ActionTypes {
        id: "odd-one.move.crate".to_owned(),
        title: hostile.to_owned(),
        description: hostile.to_owned(),
        deprecated: Some(hostile.to_owned()),
        input_schema: schema.clone(),
        output_schema: schema,
    }
}

fn all() -> Vec<ActionTypes> {
    BUNDLED.iter().cloned().chain([odd()]).collect()
}

/// Runs the compiler of TypeScript; returns whether it had nothing to say, and what it said.
fn tsc(folder: &Path) -> (bool, String) {
    let compiler = "node_modules/typescript/bin/tsc";
    let mut command = Command::new("node");
    let run = command
        .args([compiler, "--project", "."])
        .current_dir(folder);
    let output = run.output().expect("the compiler of TypeScript");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said)
}

#[test]
fn typescript_knows_all_bundled_actions_and_refuses_wrong_calls() {
    let folder = npm::install("bindings", env!("CARGO_TARGET_TMPDIR"));
    fs::write(folder.join("actions.d.ts"), bindings::typescript(&all())).expect("a file");
    let (fine, said) = tsc(&folder);
    assert!(fine, "{said}");

    // Without the declarations nothing is refused, so it is they that refuse.
    fs::write(
        folder.join("actions.d.ts"),
        "export type GithubIssuesListInput = object;",
    )
    .expect("a file");
    let (_, said) = tsc(&folder);
    assert_eq!(
        said.matches("Unused '@ts-expect-error' directive").count(),
        6,
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn rust_compiles_for_all_bundled_actions() {
    let annex = Annex::new("bindings", &[]);
    let krate = annex.further().join("calls-actions");
    let src = krate.join("src");
    fs::create_dir_all(&src).expect("a folder");
    fs::write(src.join("actions.rs"), bindings::rust(&all())).expect("a file");
    fs::copy(beside("use.rs"), src.join("main.rs")).expect("a file");
    let client = annex.root().join("connector-client");
    let manifest = format!(
        "[package]\nname = \"calls-actions\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         plugwright-client = {{ path = {client:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = {{ version = \"1\", features = [\"preserve_order\", \"raw_value\"] }}\n"
    );
    fs::write(krate.join("Cargo.toml"), manifest).expect("a file");
    annex.join(&krate);
    let printed = well(&cargo(&krate, &["run", "--offline"]));
    assert_eq!(printed.trim(), "as written");
}

#[test]
fn the_order_of_actions_does_not_matter() {
    let mut reversed = all();
    reversed.reverse();
    reversed.push(reversed[0].clone());
    assert_eq!(bindings::rust(&reversed), bindings::rust(&all()));
    assert_eq!(
        bindings::typescript(&reversed),
        bindings::typescript(&all())
    );
}
