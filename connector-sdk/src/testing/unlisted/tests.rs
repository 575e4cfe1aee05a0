use serde_json::Value;

use super::*;
use crate::{ActionContext, Result, action, actions};

static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("things", "Things", "1.0.0").actions(&[]);

/// Writes a crate and returns what is findings about it.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let krate = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = krate.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut report = Report::default();
    check(&CONNECTOR, krate.path(), &mut report);
    let findings = report.findings.iter();
    findings
        .map(|finding| {
            let action = finding.action.as_deref().unwrap();
            format!("{}: {action}: {}", finding.rule, finding.message)
        })
        .collect()
}

/// The functions that are findings about, by their paths.
fn paths(files: &[(&str, &str)]) -> Vec<String> {
    let findings = findings(files);
    findings
        .iter()
        .map(|message| message.split('`').nth(1).unwrap().to_owned())
        .collect()
}

const ARCHIVE: &str = "/// Archives.\n#[action(\"tasks.archive\", write)]\npub async fn archive(cx: &ActionContext) -> Result<()>;\n";

#[test]
fn tells_the_function_its_file_and_the_fix() {
    let lib = "mod tasks;\nstatic C: D = D::new().actions(actions![tasks::list]);";
    assert_eq!(
        findings(&[("src/lib.rs", lib), ("src/tasks.rs", ARCHIVE)]),
        [
            "listed: tasks.archive: `tasks::archive` in src/tasks.rs is public, and no `actions![..]` \
             names it, so nobody can call it; add `tasks::archive` to the list, or make the function \
             private"
        ]
    );
}

#[test]
fn an_action_without_a_name_has_that_of_its_module_and_function() {
    let text = "#[action(write)] pub async fn r#move(cx: &C) -> R;";
    let found = findings(&[("src/lib.rs", "pub mod tasks;"), ("src/tasks.rs", text)]);
    assert!(
        found[0].starts_with("listed: tasks.move: `tasks::r#move` in "),
        "{found:?}"
    );
}

#[test]
fn takes_every_way_to_name_a_function() {
    for lib in [
        "mod tasks; const A: A = actions![tasks::archive];",
        "const A: A = actions![tasks::list, crate::tasks::archive,];",
        "const A: A = sdk::actions!(self::tasks::archive);",
        "use tasks::archive; const A: A = actions![archive];",
        "use crate::tasks::{list, archive}; fn f() { g(actions![archive, list]) }",
        "use tasks::*; const A: A = actions! { archive };",
        "mod inner { use super::*; pub const A: A = actions![super::tasks::archive]; }",
    ] {
        let found = paths(&[("src/lib.rs", lib), ("src/tasks.rs", ARCHIVE)]);
        assert!(found.is_empty(), "{lib}: {found:?}");
    }
    let beside = format!("{ARCHIVE} pub static C: &[A] = actions![archive];");
    assert!(paths(&[("src/lib.rs", &beside)]).is_empty());
}

#[test]
fn a_function_of_that_name_in_another_module_does_not_count() {
    for lib in [
        "const A: A = actions![projects::archive];",
        "use projects::archive; const A: A = actions![archive];",
        "const A: A = actions![archive];",
        "// actions![tasks::archive]\nconst A: &str = \"actions![tasks::archive]\";",
        "/* actions![tasks::archive] /* nested */ */ /// actions![tasks::archive]\nstruct A;",
    ] {
        let found = paths(&[("src/lib.rs", lib), ("src/tasks.rs", ARCHIVE)]);
        assert_eq!(found, ["tasks::archive"], "{lib}");
    }
}

#[test]
fn finds_public_actions_however_they_are_written() {
    for text in [
        "#[action(\"a.b\", read)] pub async fn b(cx: &C) -> R { todo!() }",
        "#[sdk::action(r#\"a.b\"#, read, get = \"/\")]\n#[allow(x)]\npub async fn b(cx: &C) -> R;",
        "#[action(\n    \"a.b\", // the name\n    read,\n)]\n/* pub(crate) */ pub  async  fn  b(cx: &C) -> R {}",
        "#[cfg(not(test))] #[action(\"a.b\", read)] pub async fn b(cx: &C) -> R {}",
        "#[cfg(any(test, unix))] #[action(\"a.b\", read)] pub async fn b(cx: &C) -> R {}",
        "const Q: char = '\"'; fn l<'a>() {} #[action(\"a.b\", read)] pub async fn b(cx: &C) -> R {}",
        "#[cfg(test)] mod tests { } #[action(\"a.b\", read)] pub async fn b(cx: &C) -> R {}",
        "#[cfg(test)] use x; #[action(\"a.b\", read)] pub async fn b(cx: &C) -> R {}",
    ] {
        assert_eq!(paths(&[("src/lib.rs", text)]), ["b"], "{text}");
    }
    let nested = "pub mod deep { #[action(\"a.b\", read)] pub async fn b(cx: &C) -> R {} }";
    assert_eq!(
        paths(&[("src/a/mod.rs", nested), ("src/c/d.rs", ARCHIVE)]),
        ["a::deep::b", "c::d::archive"]
    );
}

#[test]
fn what_is_no_public_action_of_the_crate_is_left_alone() {
    for text in [
        "#[action(\"a.b\", read)] async fn b(cx: &C) -> R {}",
        "#[action(\"a.b\", read)] pub(crate) async fn b(cx: &C) -> R {}",
        "pub async fn b(cx: &C) -> R {}",
        "#[action(\"a.b\", read)] async fn a(cx: &C) -> R; pub async fn b(cx: &C) -> R {}",
        "// #[action(\"a.b\", read)] pub async fn b() {}",
        "/// #[action(\"a.b\", read)]\n/// pub async fn b() {}\npub fn c() {}",
        "/* #[action(\"a.b\", read)] pub async fn b() {} */",
        "const T: &str = r##\"#[action(\"a.b\", read)] pub async fn b() {}\"##;",
        "macro_rules! make { ($b:ident) => { #[action(\"a.b\", read)] pub async fn $b() {} } }",
        "macro_rules! make { () => { #[action(\"a.b\", read)] pub async fn b() {} } }",
        "#[cfg(test)] mod tests { #[action(\"a.b\", read)] pub async fn b() {} }",
        "#[cfg(all(test, unix))] mod tests { #[action(\"a.b\", read)] pub async fn b() {} }",
        "#[cfg(test)] #[action(\"a.b\", read)] pub async fn b() {}",
        "not ) rust #[action(\"a.b\", read)] pub async fn b() {}",
        "",
    ] {
        assert!(paths(&[("src/lib.rs", text)]).is_empty(), "{text}");
    }
    let tests = [
        ("src/lib.rs", "#[cfg(test)] mod tests;"),
        ("src/tests.rs", ARCHIVE),
    ];
    assert!(paths(&tests).is_empty());
    assert!(paths(&[("tests/contract.rs", ARCHIVE), ("src/notes.md", ARCHIVE)]).is_empty());
    assert!(paths(&[]).is_empty());
}

/// Reads a thing.
#[action("things.get", read, get = "/things")]
async fn get(cx: &ActionContext) -> Result<Value>;

#[test]
fn the_definition_names_actions_too() {
    static WITH_GET: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .base_url("https://api.example.com")
        .actions(actions![get]);
    let text = "#[action(\"things.get\", read)] pub async fn renamed(cx: &C) -> R {}";
    let source = Source::parse(text, Vec::new()).unwrap();
    let sources = [("src/lib.rs".to_owned(), source)];

    assert!(unlisted(&WITH_GET, &sources).is_empty());
    assert_eq!(unlisted(&CONNECTOR, &sources).len(), 1);
}
