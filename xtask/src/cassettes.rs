//! Writes the connectors' cassettes from published recordings and vendor examples.
//!
//! Each connector may have a plan, `connectors/<name>/tests/cassettes.toml`. An entry of the plan
//! says which action it shows, what the caller gives, and where the exchanges come from: a
//! scenario of a recordings package, an example or a description of an OpenAPI document, or the plan
//! itself.
//! The same plan always gives the same files.

mod attribution;
mod cassette;
mod coverage;
mod described;
mod graphql;
mod openapi;
mod package;
mod plan;
mod recordings;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use xshell::Shell;

use self::cassette::{Call, Cassette, Kind, Provenance};
use self::described::Descriptions;
use self::graphql::GraphqlAnswers;
use self::openapi::Document;
use self::package::Unpacked;
use self::plan::{Constructed, Entry, Plan, Source};
use self::recordings::Recordings;
use crate::findings;

pub(crate) fn run(sh: &Shell) -> Result<()> {
    let connectors = sh.read_dir("connectors")?.into_iter();
    let plans = connectors.map(|folder| folder.join("tests/cassettes.toml"));
    let plans: Vec<_> = plans.filter(|plan| plan.is_file()).collect();
    if plans.is_empty() {
        bail!("no connector has a plan at connectors/<name>/tests/cassettes.toml");
    }
    let packages = sh.current_dir().join("target/npm");
    for path in plans {
        write_connector(sh, &path, &packages)
            .with_context(|| format!("cassettes of {}", path.display()))?;
    }
    Ok(())
}

fn write_connector(sh: &Shell, plan_path: &Path, packages: &Path) -> Result<()> {
    let plan = Plan::parse(&sh.read_file(plan_path)?)?;
    let sources = Sources::open(sh, &plan, packages)?;
    let cassettes = sources.convert_all(&plan.cassettes)?;
    if let Some(recordings) = &sources.recordings {
        coverage::check(&recordings.scenarios()?, &plan.cassettes, &plan.left_out)?;
    }

    let folder = plan_path.with_extension("");
    let mut written = 0;
    for (name, cassette) in &cassettes {
        let mut text = serde_json::to_string_pretty(cassette)?;
        text.push('\n');
        written += usize::from(write_if_changed(sh, &folder.join(name), &text)?);
    }
    let readme = attribution::render(&cassettes, &sources.unpacked(), &plan.left_out);
    written += usize::from(write_if_changed(sh, &folder.join("README.md"), &readme)?);

    let counts: Vec<String> = count_by_kind(&cassettes)
        .into_iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    println!(
        "{}: {} cassettes ({}), {written} files changed",
        folder.display(),
        cassettes.len(),
        counts.join(", "),
    );
    for path in sh.read_dir(&folder)? {
        let is_json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        let name = path.file_name().and_then(|name| name.to_str());
        if is_json && !name.is_some_and(|name| cassettes.contains_key(name)) {
            println!("not in the plan: {}", path.display());
        }
    }
    Ok(())
}

fn count_by_kind(cassettes: &BTreeMap<String, Cassette>) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for cassette in cassettes.values() {
        *counts.entry(cassette.provenance.kind).or_default() += 1;
    }
    counts
}

/// Leaves a file with the wanted text alone, so that nothing that depends on it is rebuilt.
fn write_if_changed(sh: &Shell, path: &Path, text: &str) -> Result<bool> {
    if sh.read_file(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    sh.write_file(path, text)?;
    Ok(true)
}

struct Sources {
    recordings: Option<Recordings>,
    openapi: Option<Document>,
    described: Option<Descriptions>,
    graphql: Option<GraphqlAnswers>,
}

impl Sources {
    fn open(sh: &Shell, plan: &Plan, packages: &Path) -> Result<Self> {
        let open = |package: &Option<_>| {
            let package = package.as_ref();
            package
                .map(|package| Unpacked::at_version(sh, package, packages))
                .transpose()
        };
        let graphql = plan.graphql.as_ref().map(|api| -> Result<_> {
            let schema = Unpacked::at_version(sh, &api.schema, packages)?;
            Ok(GraphqlAnswers::new(&api.url, schema))
        });
        Ok(Self {
            recordings: open(&plan.recordings)?.map(Recordings::new),
            openapi: open(&plan.openapi)?.map(Document::load).transpose()?,
            described: open(&plan.described)?.map(Descriptions::load).transpose()?,
            graphql: graphql.transpose()?,
        })
    }

    fn unpacked(&self) -> Vec<&Unpacked> {
        let recordings = self.recordings.as_ref().map(|it| &it.package);
        let openapi = self.openapi.as_ref().map(|it| &it.package);
        let described = self.described.as_ref().map(|it| &it.package);
        let graphql = self.graphql.as_ref().map(|it| &it.schema);
        recordings
            .into_iter()
            .chain(openapi)
            .chain(described)
            .chain(graphql)
            .collect()
    }

    /// Converts every entry before anything is written, and reports all mistakes at once.
    fn convert_all(&self, entries: &[Entry]) -> Result<BTreeMap<String, Cassette>> {
        let mut cassettes = BTreeMap::new();
        let mut faults = Vec::new();
        for entry in entries {
            match self.convert(entry) {
                Ok(cassette) => {
                    if cassettes.insert(entry.file_name(), cassette).is_some() {
                        faults.push(format!(
                            "{}: the plan has two entries of this name",
                            entry.name()
                        ));
                    }
                }
                Err(error) => faults.push(format!("{}: {error:#}", entry.name())),
            }
        }
        findings::none(&faults, "nothing written")?;
        Ok(cassettes)
    }

    fn convert(&self, entry: &Entry) -> Result<Cassette> {
        entry.check_names()?;
        let (provenance, exchanges) = match &entry.from {
            Source::Recorded(recorded) => self
                .recordings
                .as_ref()
                .context("the plan names no [recordings] package")?
                .exchanges(recorded)?,
            Source::VendorExample(example) => {
                let (provenance, exchange) = self
                    .openapi
                    .as_ref()
                    .context("the plan names no [openapi] package")?
                    .exchange(example)?;
                (provenance, vec![exchange])
            }
            Source::Described(described) => {
                let (provenance, exchange) = self
                    .described
                    .as_ref()
                    .context("the plan names no [described] package")?
                    .exchange(described)?;
                (provenance, vec![exchange])
            }
            Source::Constructed(constructed) => construct(constructed)?,
            Source::Graphql(answers) => self
                .graphql
                .as_ref()
                .context("the plan names no [graphql] API")?
                .exchanges(answers)?,
        };
        Ok(Cassette {
            action: entry.action.clone(),
            title: entry.title.clone(),
            provenance,
            call: Call {
                input: entry.input.clone(),
                cursor: entry.cursor.clone(),
                all_pages: entry.all_pages,
            },
            expect: entry.expect.clone(),
            exchanges,
        })
    }
}

fn construct(constructed: &Constructed) -> Result<(Provenance, Vec<cassette::Exchange>)> {
    if constructed.exchanges.is_empty() {
        bail!("a constructed cassette needs at least one exchange");
    }
    for exchange in &constructed.exchanges {
        cassette::check_headers(&exchange.response.headers)?;
    }
    let provenance = Provenance {
        kind: Kind::Constructed,
        source: constructed.source.clone(),
        license: constructed.license.clone(),
    };
    Ok((provenance, constructed.exchanges.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(plan: &str) -> Vec<Entry> {
        Plan::parse(plan).unwrap().cassettes
    }

    const NO_SOURCES: Sources = Sources {
        recordings: None,
        openapi: None,
        described: None,
        graphql: None,
    };

    const NOT_FOUND: &str = r#"
        [[cassette]]
        action = "issues.get"
        case = "not-found"
        title = "An issue that does not exist"
        input = { repo = "octocat/Hello-World", issue_number = 1 }
        expect = { error = "NOT_FOUND" }
        [cassette.from.constructed]
        source = "by hand"
        [[cassette.from.constructed.exchanges]]
        request = { method = "GET", url = "https://api.example.com/issues/1" }
        response = { status = 404, headers = { content-type = "application/json" }, body = { json = { message = "Not Found" } } }
    "#;

    #[test]
    fn writes_what_a_constructed_entry_says() {
        let cassettes = NO_SOURCES.convert_all(&entries(NOT_FOUND)).unwrap();

        let cassette = serde_json::to_value(&cassettes["issues.get.not-found.json"]).unwrap();
        assert_eq!(
            cassette,
            serde_json::json!({
                "action": "issues.get",
                "title": "An issue that does not exist",
                "provenance": {
                    "kind": "constructed", "source": "by hand", "license": "MIT OR Apache-2.0",
                },
                "call": { "input": { "repo": "octocat/Hello-World", "issue_number": 1 } },
                "expect": { "error": "NOT_FOUND" },
                "exchanges": [{
                    "request": { "method": "GET", "url": "https://api.example.com/issues/1" },
                    "response": {
                        "status": 404,
                        "headers": { "content-type": "application/json" },
                        "body": { "json": { "message": "Not Found" } },
                    },
                }],
            })
        );
    }

    #[test]
    fn refuses_a_header_that_no_cassette_keeps() {
        let plan = NOT_FOUND.replace("content-type", "set-cookie");

        let error = NO_SOURCES
            .convert_all(&entries(&plan))
            .unwrap_err()
            .to_string();

        assert!(
            error.contains("issues.get.not-found: response header `set-cookie`"),
            "{error}"
        );
    }

    #[test]
    fn refuses_a_header_value_that_is_not_text() {
        let plan = NOT_FOUND.replace("\"application/json\"", "1");

        let error = NO_SOURCES
            .convert_all(&entries(&plan))
            .unwrap_err()
            .to_string();

        assert!(
            error.contains("response header `content-type` is not text"),
            "{error}"
        );
    }

    #[test]
    fn names_every_faulty_entry_at_once() {
        let plan = r#"
            [[cassette]]
            action = "issues.get"
            title = "Without a package"
            from.recorded = { scenario = "labels" }
            [[cassette]]
            action = "Issues"
            title = "With a bad name"
            from.constructed = { source = "by hand", exchanges = [] }
        "#;

        let error = NO_SOURCES
            .convert_all(&entries(plan))
            .unwrap_err()
            .to_string();

        assert!(
            error.contains("issues.get: the plan names no [recordings] package"),
            "{error}"
        );
        assert!(
            error.contains("Issues: action `Issues` is not in `resource.verb` form"),
            "{error}"
        );
    }

    #[test]
    fn refuses_two_entries_of_one_name() {
        let plan = format!("{NOT_FOUND}{NOT_FOUND}");

        let error = NO_SOURCES
            .convert_all(&entries(&plan))
            .unwrap_err()
            .to_string();

        assert!(
            error.contains("issues.get.not-found: the plan has two entries"),
            "{error}"
        );
    }
}
