//! The README beside a connector's cassettes: what they are, and whose.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cassette::Cassette;
use super::package::Unpacked;
use super::plan::LeftOut;
use super::{Kind, count_by_kind};

const INTRODUCTION: &str = "\
# Cassettes

Each file holds the HTTP exchanges of one call of an action, and says under `provenance` where they
come from. `<action>.json` is the main cassette of an action; `<action>.<case>.json` is a further
case. All files here are written by `cargo xtask cassettes` after the plan in `../cassettes.toml`:
change the plan, not the files.

Kept of an exchange are method, URL, bodies, status, and the response headers that a connector may
read. Request headers are never kept, so no credential can be in a cassette.

";

pub(super) fn render(
    cassettes: &BTreeMap<String, Cassette>,
    packages: &[&Unpacked],
    left_out: &[LeftOut],
) -> String {
    let counts = count_by_kind(cassettes);
    let count = |kind| counts.get(&kind).copied().unwrap_or_default();
    let mut readme = INTRODUCTION.to_owned();
    readme.push_str("| Provenance | Cassettes | Meaning |\n| --- | --: | --- |\n");
    for (kind, meaning) in [
        (Kind::Recorded, "the real API answered so"),
        (
            Kind::VendorExample,
            "the vendor's OpenAPI document shows this answer, unchanged",
        ),
        (
            Kind::Constructed,
            "made up or changed; `source` says after what",
        ),
    ] {
        row(
            &mut readme,
            &[&format!("`{kind}`"), &count(kind).to_string(), meaning],
        );
    }
    if !packages.is_empty() {
        readme.push_str("\n## Sources\n");
    }
    for package in packages {
        // The licences ask for their full text beside every copy.
        let section = format!(
            "\n### {}\n\n{}\n\nLicence: {}.\n\n```text\n{}\n```\n",
            package.title(),
            package.about(),
            package.license(),
            package.license_text.trim(),
        );
        readme.push_str(&section);
    }
    readme.push_str("\n## Files\n\n| File | Provenance | Source |\n| --- | --- | --- |\n");
    for (name, cassette) in cassettes {
        let Cassette { provenance, .. } = cassette;
        let link = format!("[{name}]({name})");
        row(
            &mut readme,
            &[&link, &provenance.kind.to_string(), &provenance.source],
        );
    }
    if !left_out.is_empty() {
        readme.push_str("\n## Recorded, and in no cassette\n\n");
        readme.push_str("| Scenario | Exchanges | Why |\n| --- | --- | --- |\n");
    }
    for LeftOut {
        scenario,
        exchanges,
        reason,
    } in left_out
    {
        let numbers: Vec<String> = exchanges.iter().map(ToString::to_string).collect();
        row(&mut readme, &[scenario, &numbers.join(", "), reason]);
    }
    readme
}

fn row(table: &mut String, cells: &[&str]) {
    for cell in cells {
        // Writing to a string cannot fail.
        let _ = write!(table, "| {} ", cell.replace('|', "\\|"));
    }
    table.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::cassettes::cassette::{Call, Expect, Provenance};

    #[test]
    fn carries_counts_licences_and_the_source_of_each_file() {
        let cassette = Cassette {
            action: "issues.get".to_owned(),
            title: "An issue".to_owned(),
            provenance: Provenance {
                kind: Kind::VendorExample,
                source: "operation a|b".to_owned(),
                license: "MIT".to_owned(),
            },
            call: Call {
                input: serde_json::Map::new(),
                cursor: None,
                all_pages: false,
            },
            expect: Expect::default(),
            exchanges: Vec::new(),
        };
        let cassettes = BTreeMap::from([("issues.get.json".to_owned(), cassette)]);
        let package = Unpacked::for_test(Path::new("unused"));

        let left_out = LeftOut {
            scenario: "archive".to_owned(),
            exchanges: vec![1, 2],
            reason: "needs a stream".to_owned(),
        };

        let readme = render(&cassettes, &[&package], &[left_out]);

        for part in [
            "| `recorded` | 0 |",
            "| `vendor-example` | 1 |",
            "### npm @example/package 1.2.3",
            "Copyright (c) the example",
            "| [issues.get.json](issues.get.json) | vendor-example | operation a\\|b |",
            "| archive | 1, 2 | needs a stream |",
        ] {
            assert!(readme.contains(part), "{part} is not in:\n{readme}");
        }
    }
}
