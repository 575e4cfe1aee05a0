//! References that lead out of a document: what they name is put into it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::{fs, io};

use percent_encoding::percent_decode_str;
use plugwright_sdk::Value;
use plugwright_sdk::schema::pointer::escape;
use serde_json::Map;
use url::Url;

use crate::document::{LARGEST_DOCUMENT, read};
use crate::text::quoted;

/// Where other documents are in the one that refers to them.
pub(crate) const BUNDLED: &str = "x-bundled-documents";

const MOST_DOCUMENTS: usize = 2000;

const MOST_NOTES: usize = 20;

/// Puts the documents that a document refers to into it, and those that they refer to. Only
/// references within `base` are followed: from a file to files below its folder, from a URL to
/// URLs of its origin. Returns what could not be read; such references lead nowhere.
///
/// `load` is asked once for each document. It answers for what a URL leads to in the end: that a
/// link does not leave the folder, or a redirect the origin.
pub fn bundle(
    document: &mut Value,
    base: &Url,
    load: impl FnMut(&Url) -> Result<Vec<u8>, String>,
) -> Vec<String> {
    let mut bundle = Bundle {
        base,
        load,
        names: HashMap::new(),
        taken: HashSet::new(),
        waiting: Vec::new(),
        left: LARGEST_DOCUMENT,
        notes: Vec::new(),
    };
    let root = base_of(base.clone());
    bundle.rewrite(document, &root, None);
    let mut documents = Map::new();
    while let Some((name, url)) = bundle.waiting.pop() {
        match bundle.read(&url) {
            Ok(mut part) => {
                bundle.rewrite(&mut part, &url, Some(&name));
                documents.insert(name, part);
            }
            Err(problem) => bundle.note(format!("{}: {problem}", quoted(url.as_str()))),
        }
    }
    let notes = bundle.notes;
    if let (Some(members), false) = (document.as_object_mut(), documents.is_empty()) {
        members.insert(BUNDLED.to_owned(), documents.into());
    }
    notes
}

/// Returns what reads files in the folder of a document and below, for [`bundle`].
pub fn files_below(folder: &Path) -> impl FnMut(&Url) -> Result<Vec<u8>, String> + use<> {
    let folder = folder.canonicalize();
    move |url| {
        let folder = folder.as_ref().map_err(io::Error::to_string)?;
        let path = url
            .to_file_path()
            .map_err(|()| "it is not a file".to_owned())?;
        // Links are followed first.
        let path = path.canonicalize().map_err(|error| error.to_string())?;
        if !path.starts_with(folder) {
            return Err("it is outside of the document's folder".to_owned());
        }
        let about = fs::metadata(&path).map_err(|error| error.to_string())?;
        if !about.is_file() {
            return Err("it is not a file".to_owned());
        }
        if about.len() > LARGEST_DOCUMENT as u64 {
            return Err(format!("it has {} bytes", about.len()));
        }
        fs::read(&path).map_err(|error| error.to_string())
    }
}

struct Bundle<'b, L> {
    base: &'b Url,
    load: L,
    /// The names of other documents, by their URLs.
    names: HashMap<Url, String>,
    taken: HashSet<String>,
    waiting: Vec<(String, Url)>,
    left: usize,
    notes: Vec<String>,
}

impl<L: FnMut(&Url) -> Result<Vec<u8>, String>> Bundle<'_, L> {
    fn note(&mut self, note: String) {
        if self.notes.len() < MOST_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn read(&mut self, url: &Url) -> Result<Value, String> {
        let bytes = (self.load)(url)?;
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or_else(|| format!("all documents have more than {LARGEST_DOCUMENT} bytes"))?;
        read(&bytes).map_err(|error| error.to_string())
    }

    /// Lets the references of a document, which is at `url`, lead to where things are now. `own` is
    /// its name, if it is not the first.
    fn rewrite(&mut self, document: &mut Value, url: &Url, own: Option<&str>) {
        let mut places = Vec::new();
        references(document, &mut String::new(), &mut places);
        for place in places {
            let Some(Value::String(reference)) = document.pointer(&place) else {
                continue;
            };
            let new = self.target(document, url, own, reference);
            if let Some(new) = new
                && let Some(place) = document.pointer_mut(&place)
            {
                *place = new.into();
            }
        }
    }

    fn target(
        &mut self,
        document: &Value,
        url: &Url,
        own: Option<&str>,
        reference: &str,
    ) -> Option<String> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if path.is_empty() {
            let own = own?;
            let pointer = percent_decode_str(fragment).decode_utf8_lossy();
            // Parts of a document often refer to what is in the first one.
            let is_own = document.pointer(&pointer).is_some();
            return is_own.then(|| format!("#/{BUNDLED}/{own}{}", rooted(fragment)));
        }
        let is_name = ["/components/schemas", "/schemas"].iter().any(|place| {
            let schemas = document.pointer(place);
            schemas.is_some_and(|schemas| schemas.get(reference).is_some())
        });
        if is_name {
            return None;
        }
        let Some(other) = url
            .join(path)
            .ok()
            .map(base_of)
            .filter(|url| self.allows(url))
        else {
            self.note(format!("reference {} is not followed", quoted(reference)));
            return None;
        };
        if other == base_of(self.base.clone()) {
            return Some(format!("#{}", rooted(fragment)));
        }
        let name = self.name(other)?;
        Some(format!("#/{BUNDLED}/{name}{}", rooted(fragment)))
    }

    fn allows(&self, url: &Url) -> bool {
        match self.base.scheme() {
            "file" => url.scheme() == "file" && url.host().is_none(),
            _ => url.origin() == self.base.origin() && url.username().is_empty(),
        }
    }

    /// Returns the name of another document, which will be read if it is new.
    fn name(&mut self, url: Url) -> Option<String> {
        if let Some(name) = self.names.get(&url) {
            return Some(name.clone());
        }
        if self.names.len() >= MOST_DOCUMENTS {
            self.note(format!("more than {MOST_DOCUMENTS} documents"));
            return None;
        }
        let last = url.path_segments().and_then(|mut parts| parts.next_back());
        let stem = last
            .unwrap_or_default()
            .split('.')
            .next()
            .unwrap_or_default();
        let plain: String = stem
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '-' {
                    c
                } else {
                    '_'
                }
            })
            .take(60)
            .collect();
        let plain = if plain.is_empty() {
            "document".to_owned()
        } else {
            plain
        };
        let mut name = plain.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{plain}_{number}");
            number += 1;
        }
        self.names.insert(url.clone(), name.clone());
        self.waiting.push((name.clone(), url));
        Some(name)
    }
}

fn base_of(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Returns a fragment as a pointer: a slash is often forgotten.
fn rooted(fragment: &str) -> String {
    match fragment {
        "" | "/" => String::new(),
        rooted if rooted.starts_with('/') => rooted.to_owned(),
        other => format!("/{other}"),
    }
}

/// Finds the references of a document, as pointers to their texts.
fn references(value: &Value, at: &mut String, found: &mut Vec<String>) {
    let length = at.len();
    let mut part = |name: &str, value: &Value| {
        if value.is_object() || value.is_array() || (name == "$ref" && value.is_string()) {
            at.push('/');
            at.push_str(&escape(name));
            if value.is_string() {
                found.push(at.clone());
            } else {
                references(value, at, found);
            }
            at.truncate(length);
        }
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| part(name, value)),
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                part(&index.to_string(), value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    /// Bundles with documents by their URLs; returns what was asked for, too.
    fn bundled(
        mut document: Value,
        base: &str,
        others: &[(&str, Value)],
    ) -> (Value, Vec<String>, Vec<String>) {
        let mut asked = Vec::new();
        let notes = bundle(&mut document, &base.parse().unwrap(), |url| {
            asked.push(url.to_string());
            let found = others.iter().find(|(known, _)| *known == url.as_str());
            let (_, found) = found.ok_or_else(|| "not found".to_owned())?;
            Ok(found.to_string().into_bytes())
        });
        (document, asked, notes)
    }

    #[test]
    fn other_documents_are_put_into_the_first_one() {
        let document = json!({
            "paths": { "/pets": { "$ref": "paths/pets.json" } },
            "x": { "$ref": "#/y" },
        });
        let pets = json!({ "get": {
            "a": { "$ref": "../pet.json#/Pet" }, "b": { "$ref": "#/get/a" },
            "c": { "$ref": "#/components/schemas/Root" }, "d": { "$ref": "../openapi.json#/x" },
        } });
        let pet = json!({ "Pet": { "next": { "$ref": "#/Pet" }, "again": { "$ref": "paths/pets.json#/get" } } });
        let (document, asked, notes) = bundled(
            document,
            "https://a.test/v1/openapi.json",
            &[
                ("https://a.test/v1/paths/pets.json", pets),
                ("https://a.test/v1/pet.json", pet),
            ],
        );
        assert_eq!(asked.len(), 2);
        assert!(notes.is_empty(), "{notes:?}");
        let expected = json!({
            "paths": { "/pets": { "$ref": "#/x-bundled-documents/pets" } },
            "x": { "$ref": "#/y" },
            "x-bundled-documents": {
                "pets": { "get": {
                    "a": { "$ref": "#/x-bundled-documents/pet/Pet" },
                    "b": { "$ref": "#/x-bundled-documents/pets/get/a" },
                    "c": { "$ref": "#/components/schemas/Root" },
                    "d": { "$ref": "#/x" },
                } },
                "pet": { "Pet": {
                    "next": { "$ref": "#/x-bundled-documents/pet/Pet" },
                    "again": { "$ref": "#/x-bundled-documents/pets/get" },
                } },
            },
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn nothing_is_read_from_elsewhere() {
        for (base, reference) in [
            ("https://a.test/openapi.json", "file:///etc/passwd"),
            ("https://a.test/openapi.json", "http://a.test/other.json"),
            ("https://a.test/openapi.json", "//b.test/other.json"),
            (
                "https://a.test/openapi.json",
                "https://a.test:8443/other.json",
            ),
            (
                "https://a.test/openapi.json",
                "https://user@a.test/other.json",
            ),
            ("https://a.test/openapi.json", "data:application/json,{}"),
            ("file:///pets/openapi.json", "https://a.test/other.json"),
            ("file:///pets/openapi.json", "file://host/share/other.json"),
        ] {
            let document = json!({ "a": { "$ref": reference } });
            let (kept, asked, notes) = bundled(document.clone(), base, &[]);
            assert_eq!(kept, document, "{reference}");
            assert!(asked.is_empty(), "{asked:?}");
            assert_eq!(notes.len(), 1);
        }
    }

    #[test]
    fn documents_that_refer_to_ever_more_are_stopped() {
        let mut document = json!({ "$ref": "0.json" });
        let mut asked = 0_usize;
        let base = "https://a.test/openapi.json".parse().unwrap();
        let notes = bundle(&mut document, &base, |_| {
            asked += 1;
            Ok(json!({ "$ref": format!("{asked}.json") })
                .to_string()
                .into_bytes())
        });
        assert_eq!(asked, MOST_DOCUMENTS);
        assert!(notes[0].contains("2000 documents"), "{notes:?}");
        let notes = bundle(&mut json!({ "$ref": "0.json" }), &base, |_| {
            Ok(vec![b' '; LARGEST_DOCUMENT + 1])
        });
        assert!(notes[0].contains("bytes"), "{notes:?}");
    }

    #[cfg(unix)]
    #[test]
    fn files_are_read_in_the_folder_and_below() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("api");
        fs::create_dir_all(folder.join("parts")).unwrap();
        fs::write(folder.join("parts/a.json"), "{}").unwrap();
        fs::write(outside.path().join("secret.json"), "{}").unwrap();
        std::os::unix::fs::symlink("../secret.json", folder.join("link.json")).unwrap();
        let mut load = files_below(&folder);
        let mut read = |name: &str| {
            let base = Url::from_file_path(folder.join("openapi.json")).unwrap();
            load(&base.join(name).unwrap())
        };
        assert_eq!(read("parts/a.json").unwrap(), b"{}");
        for (name, part) in [
            ("../secret.json", "outside of the document's folder"),
            ("link.json", "outside of the document's folder"),
            ("parts", "it is not a file"),
            ("parts/b.json", "No such file"),
        ] {
            let problem = read(name).unwrap_err();
            assert!(problem.contains(part), "{name}: {problem}");
        }
    }
}
