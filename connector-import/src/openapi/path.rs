//! Paths of operations, and the query that some of them have.

use plugwright_sdk::Value;
use plugwright_sdk::reading::is_unseen;
use plugwright_sdk::reading::value::{items as listed, members};

use super::input::placeholders;
use crate::form::{ParameterPlace, ParameterTemplate};

/// Where documents of Azure have paths with a query.
const FURTHER: &str = "x-ms-paths";

/// Returns the paths of a document, if it has any.
pub(super) fn items(document: &Value) -> Option<Vec<(&String, &Value)>> {
    let paths = document.get("paths")?.as_object()?;
    let further = members(document.get(FURTHER));
    let further = further.filter(|(path, _)| !paths.contains_key(*path));
    Some(paths.iter().chain(further).collect())
}

pub(super) fn item<'d>(document: &'d Value, path: &str) -> Option<&'d Value> {
    let mut places = ["paths", FURTHER].into_iter();
    places.find_map(|place| document.get(place)?.get(path))
}

/// A path that requests can have.
pub(super) struct PathTemplate {
    /// The path, with names of path parameters in braces.
    pub(super) path: String,
    /// What its query always is.
    pub(super) query: Vec<(String, String)>,
    /// What its query has in braces.
    pub(super) open: Vec<Open>,
}

/// A parameter that the query of a path names, as in `/current?lat={latitude}`.
pub(super) struct Open {
    /// The name on the wire.
    pub(super) name: String,
    /// The name in braces.
    pub(super) placeholder: String,
}

impl PathTemplate {
    pub(super) fn of(path: &str) -> Result<Self, String> {
        const LONGEST: usize = 2000;
        if path.len() > LONGEST {
            return Err(format!("the path has more than {LONGEST} bytes"));
        }
        // Some documents tell operations apart by a fragment, which is never sent.
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = format!("/{}", path.trim_start_matches('/'));
        if path.split('/').any(|part| matches!(part, "." | "..")) {
            return Err("the path has `.` or `..` between slashes".to_owned());
        }
        let braces = |brace: char| path.matches(brace).count();
        let nested = path.contains("{{") || path.contains("}}");
        if nested || braces('{') != braces('}') || braces('{') != placeholders(&path).count() {
            return Err("the braces of the path do not match".to_owned());
        }
        if path.chars().any(is_unseen) {
            return Err("the path has control characters".to_owned());
        }
        let mut template = Self {
            path,
            query: Vec::new(),
            open: Vec::new(),
        };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let inner = value.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
            let inner = inner.filter(|inner| !inner.is_empty() && !inner.contains(['{', '}']));
            if let Some(placeholder) = inner {
                template.open.push(Open {
                    name: name.into_owned(),
                    placeholder: placeholder.to_owned(),
                });
            } else if !name.contains(['{', '}']) && !value.contains(['{', '}']) {
                template.query.push((name.into_owned(), value.into_owned()));
            }
        }
        Ok(template)
    }

    /// Returns whether the query has a value for a name, which is no parameter then: the operation would be
    /// another one.
    pub(super) fn states(&self, name: &str) -> bool {
        let mut query = self.query.iter();
        query.any(|(known, value)| known == name && !value.is_empty())
    }

    /// Returns the query without the names of required parameters, which stand there without a value.
    pub(super) fn query_beside(
        &self,
        parameters: &[ParameterTemplate],
        input: &Value,
    ) -> Vec<(String, String)> {
        let is_required =
            |known: &ParameterTemplate| listed(input.get("required")).any(|it| *it == known.input);
        let is_given = |name: &str| {
            let mut own = parameters.iter().filter(|known| known.name == name);
            own.any(|known| known.place == ParameterPlace::Query && is_required(known))
        };
        let query = self.query.iter().filter(|(name, _)| !is_given(name));
        query.cloned().collect()
    }
}
