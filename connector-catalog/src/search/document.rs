//! An action as a document of the index.

use plugwright_import::{ImportedAction, ImportedConnector, Operation};
use plugwright_sdk::host::{Effect, Entry};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use super::known::known;
use super::meaning::Meaning;
use super::shape::{Deed, Shape};
use super::words::{plain, stems};

/// Name of the field of what the second ranking reads: the packed meaning, then the packed shape.
pub(super) const SECOND: &str = "second";

/// How deep the path of an action is that doesn't say.
const USUAL_DEPTH: usize = 3;

pub(super) const ANALYZER: &str = "stems";

/// The longest part of a description that is indexed, in bytes.
const LONGEST_DESCRIPTION: usize = 2 << 10;

#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) id: Field,
    /// The connector's name as it is.
    pub(super) connector: Field,
    pub(super) effect: Field,
    /// Name, display name and domain of the connector.
    pub(super) service: Field,
    pub(super) name: Field,
    pub(super) path: Field,
    /// What the action is about: the end of its path, or its resource.
    pub(super) noun: Field,
    pub(super) verb: Field,
    pub(super) description: Field,
    pub(super) params: Field,
    /// The words of all texts.
    pub(super) any: Field,
    second: Field,
}

struct Texts<'a> {
    connector: &'a str,
    display_name: &'a str,
    base_url: &'a str,
    name: &'a str,
    title: &'a str,
    description: &'a str,
    effect: Effect,
    method: &'a str,
    path: &'a str,
    noun: String,
    verb: &'a str,
    params: String,
}

pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(ANALYZER)
        .set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing.clone());
    let indexing = indexing.set_index_option(IndexRecordOption::Basic);
    let any = TextOptions::default().set_indexing_options(indexing.set_fieldnorms(false));
    let fields = Fields {
        id: schema.add_text_field("id", STORED),
        connector: schema.add_text_field("connector", STRING),
        effect: schema.add_text_field("effect", STRING),
        service: schema.add_text_field("service", text.clone()),
        name: schema.add_text_field("name", text.clone()),
        path: schema.add_text_field("path", text.clone()),
        noun: schema.add_text_field("noun", text.clone()),
        verb: schema.add_text_field("verb", text.clone()),
        description: schema.add_text_field("description", text.clone()),
        params: schema.add_text_field("params", text),
        any: schema.add_text_field("any", any),
        second: schema.add_u64_field(SECOND, FAST),
    };
    (schema.build(), fields)
}

impl Fields {
    pub(super) fn of_entry(self, entry: &Entry) -> TantivyDocument {
        let action = &entry.action;
        let params = action.params();
        let params: Vec<_> = params.iter().map(|param| param.name.as_str()).collect();
        let (resource, verb) = action.name().rsplit_once('.').unwrap_or_default();
        self.document(&Texts {
            connector: entry.connector.name(),
            display_name: entry.connector.display_name(),
            base_url: entry.connector.base_url(),
            name: action.name(),
            title: &action.title(),
            description: action.description(),
            effect: action.effect(),
            method: "",
            path: "",
            noun: resource.to_owned(),
            verb,
            params: params.join(" "),
        })
    }

    pub(super) fn of_import(
        self,
        connector: &ImportedConnector,
        action: &ImportedAction,
    ) -> TantivyDocument {
        let properties = action.input["properties"].as_object();
        let names = properties.into_iter().flat_map(serde_json::Map::keys);
        let names: Vec<_> = names.map(String::as_str).collect();
        self.document(&Texts {
            connector: &connector.parts.name,
            display_name: &connector.parts.display_name,
            base_url: &connector.parts.base_url,
            name: &action.name,
            title: &action.title,
            description: &action.description,
            effect: action.effect,
            method: &action.operation.method,
            path: &action.operation.path,
            noun: noun(&action.operation.path),
            verb: verb(&action.operation),
            params: names.join(" "),
        })
    }

    fn document(self, texts: &Texts<'_>) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let id = format!("{}.{}", texts.connector, texts.name);
        document.add_text(self.id, id);
        document.add_text(self.connector, texts.connector);
        document.add_text(self.effect, texts.effect.as_str());
        let domain = domain(texts.base_url);
        let service = format!("{} {} {domain}", texts.connector, texts.display_name);
        let description = texts.description;
        let description = &description[..description.floor_char_boundary(LONGEST_DESCRIPTION)];
        let name = format!("{} {}", texts.name, texts.title);
        for (field, text) in [
            (self.service, service.as_str()),
            (self.name, &name),
            (self.path, texts.path),
            (self.description, description),
            (self.params, &texts.params),
        ] {
            let plain = plain(text);
            document.add_text(self.any, &plain);
            document.add_text(field, plain);
        }
        document.add_text(self.noun, plain(&texts.noun));
        document.add_text(self.verb, plain(texts.verb));
        let name = format!("{name} {}", texts.noun);
        let others = [(texts.verb, 0.5), (description, 0.4), (texts.path, 0.3)];
        for part in Meaning::of_action(&name, &others).packed() {
            document.add_u64(self.second, part);
        }
        document.add_u64(self.second, texts.shape(&name, &domain).packed());
        document
    }
}

impl Texts<'_> {
    fn shape(&self, name: &str, domain: &str) -> Shape {
        let short = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        let depth = if self.path.is_empty() {
            USUAL_DEPTH
        } else {
            self.path.split('/').filter(|part| !part.is_empty()).count()
        };
        let mut words = stems(name);
        words.sort_unstable();
        words.dedup();
        Shape {
            deed: Deed::of_action(self.name, self.effect, self.method),
            depth: short(depth),
            words: short(words.len()),
            of_one: self.path.ends_with('}'),
            known: known(self.connector, self.display_name, domain),
        }
    }
}

/// Returns the parts of a host that may name its owner: documents often name only the part of an
/// offer that they describe. Left out are the top-level domain and what is filled in.
fn domain(base_url: &str) -> String {
    let after_scheme = base_url.split_once("://").map_or("", |(_, rest)| rest);
    let host = after_scheme
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let Some((parts, _)) = host.rsplit_once('.') else {
        return String::new();
    };
    let parts = parts
        .split('.')
        .filter(|part| !part.contains(['{', '}']) && !matches!(*part, "api" | "www"));
    parts.collect::<Vec<_>>().join(" ")
}

/// Returns the last part of a path that is no parameter and no version.
fn noun(path: &str) -> String {
    let path = path.split(['#', '?']).next().unwrap_or_default();
    let parts = path.rsplit('/');
    let mut nouns =
        parts.filter(|part| !part.is_empty() && !part.starts_with('{') && !is_version(part));
    let noun = nouns.next().unwrap_or_default();
    noun.strip_suffix(".json").unwrap_or(noun).to_owned()
}

fn is_version(part: &str) -> bool {
    let number = part.strip_prefix('v').unwrap_or(part);
    !number.is_empty()
        && number
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.')
}

fn verb(operation: &Operation) -> &'static str {
    match operation.method.as_str() {
        "GET" if operation.path.ends_with('}') => "get",
        "GET" => "list get",
        "POST" => "create",
        "PUT" => "update set",
        "PATCH" => "update",
        "DELETE" => "delete",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_what_names_the_owner_of_a_host() {
        for (url, expected) in [
            ("https://api.sendgrid.com/v3", "sendgrid"),
            ("https://{site}.zendesk.com", "zendesk"),
            ("https://www.googleapis.com:443/drive", "googleapis"),
            ("https://files.slack.com", "files slack"),
            ("{base_url}", ""),
            ("http://localhost:8080", ""),
        ] {
            assert_eq!(domain(url), expected, "{url}");
        }
    }

    #[test]
    fn a_noun_is_the_last_part_that_names_something() {
        for (path, expected) in [
            ("/repos/{owner}/{repo}/issues", "issues"),
            ("/v1/customers/{id}", "customers"),
            ("/Accounts/{Sid}/Messages.json", "Messages"),
            ("/#Action=RunInstances", ""),
            ("/v2", ""),
            ("/", ""),
        ] {
            assert_eq!(noun(path), expected, "{path}");
        }
    }
}
