//! The book's pages about the bundled connectors are what the binary says of their definitions.
//! `cargo xtask pages` writes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::binary::plugwright;

/// Set, it lets the test write the pages before it looks at them.
const WRITE: &str = "PLUGWRIGHT_WRITE_PAGES";

/// Where the icons are, seen from the source folder of the book.
const ICONS: &str = "images/icons/";

const INDEX: &str = "\
<!-- Made from the connectors' definitions by `cargo xtask pages`. -->

# Connectors

These connectors come with the binary. Each page is made from the connector's definition, as
`plugwright show <connector> --output markdown` prints it, and shows the icon that a gateway serves at
`/icons/<connector>.svg`.

Each connector is tested with [cassettes](cassettes.md): traffic that was recorded from the provider, examples that the
provider publishes, and traffic that is constructed from its documentation.

| Connector | Actions | Recorded | Examples | Constructed | What it is | Categories | Website |
| --- | --: | --: | --: | --: | --- | --- | --- |
";

#[cfg(all(feature = "check", feature = "serve"))]
const WRITES: &str = "\
<!-- Made from what `plugwright check --faults` finds, by `cargo xtask pages`. -->

# Lost responses

This chapter lists the writes of the connectors that come with the binary, and what makes sure that each happens once: if
its response is lost after the provider did it, and the call is repeated with the same
[idempotency key](calling.md#idempotency-keys). [Test a connector](testing.md#check-what-becomes-of-lost-responses)
explains how this is tested.
";

/// What may become of a write, and what that means.
#[cfg(all(feature = "check", feature = "serve"))]
const OUTCOMES: [(&str, &str); 5] = [
    (
        "key",
        "the request carries a key of the call, by which the provider recognises a repeat",
    ),
    (
        "natural key",
        "the request names what it changes, so that a repeat changes nothing more",
    ),
    (
        "reconciled",
        "a function of the connector finds out whether it happened",
    ),
    (
        "unknown",
        "the caller gets `OUTCOME_UNKNOWN`, and the write is not repeated",
    ),
    (
        "not tried",
        "a function of the connector finds out, but the test double has no response to what it asks",
    ),
];

#[test]
fn the_book_has_a_page_of_each_connector() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src");
    let pages = pages();
    if std::env::var_os(WRITE).is_some() {
        for (path, text) in &pages {
            fs::write(book.join(path), text).unwrap();
        }
    }
    for (path, text) in &pages {
        let found = fs::read_to_string(book.join(path)).unwrap_or_default();
        assert!(
            found == *text,
            "{path} is not what the definition says; `cargo xtask pages` writes it"
        );
    }
    for folder in ["connectors", "images/icons"] {
        for file in fs::read_dir(book.join(folder)).unwrap() {
            let path = format!("{folder}/{}", file.unwrap().file_name().display());
            assert!(
                pages.contains_key(&path) || cfg!(not(feature = "serve")),
                "{path} is of no bundled connector"
            );
        }
    }
}

/// Returns the pages and icons by their paths in the source folder of the book.
fn pages() -> BTreeMap<String, String> {
    let actions: Vec<Value> = serde_json::from_str(&printed("list --output json")).unwrap();
    let names = actions.iter().map(|action| text(&action["connector"]));
    let mut names: Vec<_> = names.collect();
    names.dedup();
    let mut index = INDEX.to_owned();
    let mut total = [0; 4];
    let mut pages = BTreeMap::new();
    for name in names {
        let shown = printed(&format!("show {name} --output json"));
        let connector: Value = serde_json::from_str(&shown).unwrap();
        let path = format!("connectors/{name}.md");
        let [recorded, examples, constructed] = cassettes(name);
        let actions = connector["actions"].as_array().unwrap().len();
        let counts = [actions, recorded, examples, constructed];
        for (sum, count) in total.iter_mut().zip(counts) {
            *sum += count;
        }
        let categories = connector["categories"].as_array().unwrap().iter();
        let categories: Vec<_> = categories.map(text).collect();
        writeln!(
            index,
            "| {} [{}]({path}) | {} | {} | {} | {} |",
            icon("", name, 20),
            escaped(text(&connector["display_name"])),
            cells(counts),
            escaped(text(&connector["description"])),
            categories.join(", "),
            website(text(&connector["homepage_url"])),
        )
        .unwrap();
        let page = printed(&format!("show {name} --output markdown"));
        let (title, rest) = page.split_once("\n\n# ").unwrap();
        let (heading, rest) = rest.split_once("\n\n").unwrap();
        let icon = icon("../", name, 48);
        let page = format!("{title}\n\n# {heading}\n\n{icon}\n\n{rest}");
        pages.insert(path, page);
        #[cfg(feature = "serve")]
        pages.insert(
            format!("{ICONS}{name}.svg"),
            plugwright_gateway::monogram(name).unwrap() + "\n",
        );
    }
    writeln!(index, "| All | {} | | | |", cells(total)).unwrap();
    pages.insert("connectors.md".to_owned(), index);
    #[cfg(all(feature = "check", feature = "serve"))]
    pages.insert("lost-answers.md".to_owned(), writes());
    pages
}

/// Returns the icon of a connector, for a page from which `up` leads to the source folder of the book.
/// The name stands beside it.
fn icon(up: &str, connector: &str, size: u8) -> String {
    format!(r#"<img src="{up}{ICONS}{connector}.svg" alt="" width="{size}" height="{size}">"#)
}

fn cells(counts: [usize; 4]) -> String {
    counts.map(|count| count.to_string()).join(" | ")
}

/// Returns a link that shows where it leads.
fn website(url: &str) -> String {
    let name = url.trim_start_matches("https://").trim_end_matches('/');
    format!("[{}]({url})", escaped(name))
}

/// Returns how many cassettes of a connector are recorded, vendor's examples and constructed.
fn cassettes(connector: &str) -> [usize; 3] {
    let folder = format!("../connectors/{connector}/tests/cassettes");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut counts = [0; 3];
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let cassette: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let kind = text(&cassette["provenance"]["kind"]);
            let kinds = ["recorded", "vendor-example", "constructed"];
            counts[kinds.iter().position(|other| *other == kind).unwrap()] += 1;
        }
    }
    counts
}

/// Returns the page of all writes, none of which is made twice or lost.
#[cfg(all(feature = "check", feature = "serve"))]
fn writes() -> String {
    let mut page = WRITES.to_owned();
    let reports: Vec<Value> =
        serde_json::from_str(&printed("check --faults --output json")).unwrap();
    let mut outcomes = OUTCOMES.to_vec();
    let mut writes = reports.iter().flat_map(writes_of);
    if writes.all(|write| outcome(write) != "not tried") {
        outcomes.retain(|(name, _)| *name != "not tried");
    }
    writeln!(page, "\n| Outcome | What it means |\n| --- | --- |").unwrap();
    let mut heading = "\n| Connector | Writes |".to_owned();
    for (name, meaning) in &outcomes {
        writeln!(page, "| {name} | {meaning} |").unwrap();
        write!(heading, " {}{} |", name[..1].to_uppercase(), &name[1..]).unwrap();
    }
    writeln!(page, "{heading}").unwrap();
    writeln!(page, "| --- | --: |{}", " --: |".repeat(outcomes.len())).unwrap();
    for report in &reports {
        let writes = writes_of(report);
        let counts = outcomes.iter().map(|(name, _)| {
            let ends = |write: &&Value| outcome(write) == *name;
            writes.iter().filter(ends).count()
        });
        let counts: Vec<_> = counts.collect();
        assert_eq!(counts.iter().sum::<usize>(), writes.len(), "{report:#}");
        let counts: Vec<_> = counts.iter().map(usize::to_string).collect();
        let (name, counts) = (text(&report["connector"]), counts.join(" | "));
        writeln!(page, "| `{name}` | {} | {counts} |", writes.len()).unwrap();
    }
    writeln!(page, "\n| Action | Effect | Outcome |\n| --- | --- | --- |").unwrap();
    for report in &reports {
        let connector = text(&report["connector"]);
        for write in writes_of(report) {
            let (name, effect) = (text(&write["action"]), text(&write["effect"]));
            let outcome = outcome(write);
            let anchor = name.replace('.', "");
            writeln!(
                page,
                "| [`{connector}.{name}`](connectors/{connector}.md#{anchor}) | {effect} | {outcome} |"
            )
            .unwrap();
        }
    }
    page
}

#[cfg(all(feature = "check", feature = "serve"))]
fn writes_of(report: &Value) -> &[Value] {
    report["writes"].as_array().unwrap()
}

#[cfg(all(feature = "check", feature = "serve"))]
fn outcome(write: &Value) -> String {
    match text(&write["resolution"]) {
        "unknown" if write["unanswered"] != Value::Array(vec![]) => "not tried".to_owned(),
        other => other.replace('_', " "),
    }
}

fn printed(line: &str) -> String {
    let ran = plugwright(line);
    assert_eq!(ran.exit, 0, "{line}: {ran:?}");
    ran.out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Names and descriptions of connectors are short and plain; a mark in one is escaped all the same.
fn escaped(text: &str) -> String {
    let mut cell = String::new();
    for letter in text.chars() {
        if "\\`*_[]<>|".contains(letter) {
            cell.push('\\');
        }
        cell.push(letter);
    }
    cell
}
