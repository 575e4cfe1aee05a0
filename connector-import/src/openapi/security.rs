//! Security schemes and requirements, mapped to auth schemes.
//!
//! A requirement names security schemes that are needed together, and an operation has several of
//! which any one will do. Each distinct set of names becomes an auth scheme of the connector, and an
//! action says which of these it takes.

mod kind;
mod scheme;

use std::collections::{BTreeMap, BTreeSet};

use plugwright_sdk::Value;
use plugwright_sdk::host::{AuthParts, SchemeParts, ScopeParts};
use plugwright_sdk::reading::value::{items, members};
use url::Url;

use super::reference::Document;
use crate::form::{ActionAuth, CredentialPlace, ImportedConnector};
use crate::report::DocumentReport;
use crate::text::quoted;
pub(crate) use scheme::is_credential_header;
use scheme::{MOST_SCOPES, Made, is_scope};
pub(super) use scheme::{OWN_HEADERS, is_token};

pub(super) const MOST_REQUIREMENTS: usize = 32;

const MOST_TOGETHER: usize = 8;

const MOST_WAYS: usize = 32;

/// The header that a parameter may stand for a scheme of.
const AUTHORIZATION: &str = "Authorization";

pub(super) struct Security<'d> {
    document: Document<'d>,
    schemes: BTreeMap<&'d str, &'d Value>,
    /// What holds for operations that say nothing; none if the document says nothing either.
    general: Option<&'d Vec<Value>>,
    base: Option<Url>,
    ways: Vec<Way<'d>>,
    /// The ways, by the names of the security schemes that each stands for.
    known: BTreeMap<Vec<&'d str>, Option<usize>>,
    /// The fields of custom credentials, by security scheme.
    fields: BTreeMap<&'d str, String>,
    allows_none: bool,
    is_stated: bool,
}

struct Way<'d> {
    names: Vec<&'d str>,
    auth: AuthParts,
    /// Where the fields of a custom scheme go.
    places: Vec<CredentialPlace>,
    uses: usize,
}

impl Way<'_> {
    fn is_custom(&self) -> bool {
        matches!(self.auth.scheme, SchemeParts::Custom { .. })
    }
}

#[derive(Debug, Default)]
pub(super) struct Need {
    requirements: Requirements,
    /// The scopes of OAuth 2, where only one set of them will do.
    pub(super) scopes: Vec<String>,
    /// The scopes of OAuth 2 of which any one will do.
    pub(super) any_scope: Vec<String>,
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Default)]
enum Requirements {
    /// The document says nothing, or nothing that names a scheme.
    #[default]
    Unknown,
    Stated {
        ways: BTreeSet<usize>,
        is_optional: bool,
    },
}

#[derive(Default)]
pub(super) struct Schemes {
    /// The schemes, the preferred one first.
    auth: Vec<AuthParts>,
    /// Where the fields of the custom scheme go.
    credential: Vec<CredentialPlace>,
    taken: Vec<Taken>,
    notes: Vec<String>,
}

struct Taken {
    /// The schemes; `None` if that is all of them.
    auth: Option<Vec<ActionAuth>>,
    /// Whether none of the schemes that it needs could be kept, so that it takes no credential.
    is_lost: bool,
}

impl Schemes {
    pub(super) fn give(mut self, connector: &mut ImportedConnector, report: &mut DocumentReport) {
        report.notes.append(&mut self.notes);
        connector.parts.auth = self.auth;
        connector.credential = self.credential;
        let operations = report.operations.iter_mut();
        let operations = operations.filter(|operation| operation.name.is_some());
        let actions = connector.actions.iter_mut().zip(operations);
        for ((action, operation), taken) in actions.zip(self.taken) {
            action.auth = taken.auth;
            if taken.is_lost {
                operation.degrade("its authentication is not supported: it takes no credential");
            }
        }
    }
}

impl<'d> Security<'d> {
    pub(super) fn new(document: Document<'d>, base: Option<Url>) -> Self {
        let root = document.root();
        let declared = members(root.pointer("/components/securitySchemes"));
        let schemes = declared.filter_map(|(name, scheme)| {
            let scheme = document.resolve(scheme).ok()?;
            Some((name.as_str(), scheme))
        });
        Self {
            document,
            schemes: schemes.collect(),
            general: root.get("security").and_then(Value::as_array),
            base,
            ways: Vec::new(),
            known: BTreeMap::new(),
            fields: BTreeMap::new(),
            allows_none: false,
            is_stated: false,
        }
    }

    pub(super) fn operation(&mut self, item: &'d Value, operation: &'d Value) -> Need {
        let mut need = Need::default();
        if let Some(parameter) = self.parameter(item, operation) {
            if self.schemes.is_empty() {
                return self.of_parameter(parameter);
            }
            if !self.schemes.values().any(|it| scheme::is_authorization(it)) {
                let note = "header `Authorization` is not a parameter: it is for credentials";
                need.notes.push(note.to_owned());
            }
        }
        let own = operation.get("security").and_then(Value::as_array);
        self.is_stated |= own.is_some();
        let Some(requirements) = own.or(self.general) else {
            return need;
        };
        let mut is_optional = requirements.is_empty();
        let mut ways = BTreeSet::new();
        let mut scopes: Vec<Vec<String>> = Vec::new();
        if requirements.len() > MOST_REQUIREMENTS {
            need.notes.push(format!(
                "more than {MOST_REQUIREMENTS} security requirements"
            ));
        }
        let is_named = requirements.iter().any(Value::is_object);
        let requirements = requirements.iter().take(MOST_REQUIREMENTS);
        for requirement in requirements.filter_map(Value::as_object) {
            if requirement.is_empty() {
                is_optional = true;
                continue;
            }
            let mut names: Vec<&'d str> = requirement.keys().map(String::as_str).collect();
            names.sort_unstable();
            let unknown = names.iter().find(|name| !self.schemes.contains_key(**name));
            if let Some(name) = unknown {
                let note = format!("security scheme {} is not declared", quoted(name));
                need.notes.push(note);
                continue;
            }
            let Some(way) = self.way(&names, &mut need.notes) else {
                continue;
            };
            if ways.insert(way) {
                self.ways[way].uses += 1;
            }
            let SchemeParts::OAuth2 { scopes: known, .. } = &mut self.ways[way].auth.scheme else {
                continue;
            };
            let needed = requirement.values().filter_map(Value::as_array).flatten();
            let mut own: Vec<String> = Vec::new();
            for scope in needed.filter_map(Value::as_str) {
                if is_scope(scope) && !own.iter().any(|known| known == scope) {
                    own.push(scope.to_owned());
                }
            }
            for scope in &own {
                let is_new = known.iter().all(|known| known.name != *scope);
                if is_new && known.len() < MOST_SCOPES {
                    known.push(ScopeParts {
                        name: scope.clone(),
                        description: String::new(),
                    });
                }
            }
            scopes.push(own);
        }
        self.allows_none |= is_optional;
        // Of several sets any one will do, which can only be said of single scopes.
        if let [only] = scopes.as_slice() {
            need.scopes.clone_from(only);
        } else if scopes.iter().all(|set| set.len() == 1) {
            need.any_scope = scopes.concat();
        }
        if is_optional || is_named {
            need.requirements = Requirements::Stated { ways, is_optional };
        }
        need
    }

    /// Returns the header parameter of an operation that takes a credential.
    fn parameter(&self, item: &'d Value, operation: &'d Value) -> Option<&'d Value> {
        let parts = [operation, item].into_iter();
        let stated = parts.flat_map(|part| items(part.get("parameters")));
        let mut stated = stated.filter_map(|parameter| self.document.resolve(parameter).ok());
        stated.find(|parameter| {
            let text = |key: &str| parameter.get(key).and_then(Value::as_str);
            let is_it = |name: &str| name.eq_ignore_ascii_case(AUTHORIZATION);
            text("in") == Some("header") && text("name").is_some_and(is_it)
        })
    }

    /// Returns what an operation needs of which a parameter says alone that it authenticates.
    fn of_parameter(&mut self, parameter: &'d Value) -> Need {
        let names = vec![AUTHORIZATION];
        let known = self.known.get(&names).copied().flatten();
        let way = known.unwrap_or_else(|| {
            self.ways.push(Way {
                names: names.clone(),
                auth: scheme::of_parameter(parameter),
                places: Vec::new(),
                uses: 0,
            });
            self.ways.len() - 1
        });
        self.known.insert(names, Some(way));
        self.ways[way].uses += 1;
        self.is_stated = true;
        let is_optional = parameter.get("required") != Some(&Value::Bool(true));
        self.allows_none |= is_optional;
        Need {
            requirements: Requirements::Stated {
                ways: BTreeSet::from([way]),
                is_optional,
            },
            ..Need::default()
        }
    }

    fn way(&mut self, names: &[&'d str], notes: &mut Vec<String>) -> Option<usize> {
        if let Some(known) = self.known.get(names) {
            if known.is_none() {
                notes.push("a security requirement can't be kept".to_owned());
            }
            return *known;
        }
        let way = if self.ways.len() < MOST_WAYS && names.len() <= MOST_TOGETHER {
            self.scheme(names, notes)
        } else {
            notes.push("too many security requirements".to_owned());
            None
        };
        let index = way.map(|way| {
            // Some documents have one scheme under several names.
            let same = |known: &Way<'_>| scheme::is_same(&known.auth.scheme, &way.auth.scheme);
            self.ways.iter().position(same).unwrap_or_else(|| {
                self.ways.push(way);
                self.ways.len() - 1
            })
        });
        self.known.insert(names.to_vec(), index);
        index
    }

    fn scheme(&mut self, names: &[&'d str], notes: &mut Vec<String>) -> Option<Way<'d>> {
        let names = self.distinct(names);
        let made = if let [name] = names.as_slice() {
            let field = self.field(name);
            scheme::single(name, self.schemes.get(name)?, field, self.base.as_ref())
        } else {
            let mut parts = Vec::new();
            for name in &names {
                let field = self.field(name);
                parts.push((*name, *self.schemes.get(name)?, field));
            }
            scheme::together(parts)
        };
        match made {
            Ok(Made { auth, places }) => Some(Way {
                names,
                auth,
                places,
                uses: 0,
            }),
            Err(problem) => {
                notes.push(problem);
                None
            }
        }
    }

    /// Leaves out schemes that put the same thing into the same place as another: the flows of one
    /// OAuth client are often declared apart and asked for together.
    fn distinct(&self, names: &[&'d str]) -> Vec<&'d str> {
        let mut kept: Vec<(&'d str, Option<(String, String)>)> = Vec::new();
        for name in names {
            let scheme = self.schemes.get(name).copied().unwrap_or(&Value::Null);
            let target = scheme::target(scheme);
            let same = kept
                .iter_mut()
                .find(|(_, known)| target.is_some() && *known == target);
            match same {
                Some((known, _)) => {
                    let rank = |name: &str| self.schemes.get(name).map(|it| scheme::rank(it));
                    if rank(name) < rank(known) {
                        *known = name;
                    }
                }
                None => kept.push((name, target)),
            }
        }
        kept.into_iter().map(|(name, _)| name).collect()
    }

    fn field(&mut self, name: &'d str) -> String {
        if let Some(known) = self.fields.get(name) {
            return known.clone();
        }
        let plain = scheme::field_name(name);
        let mut field = plain.clone();
        let mut number = 2;
        while self.fields.values().any(|known| *known == field) {
            field = format!("{plain}_{number}");
            number += 1;
        }
        self.fields.insert(name, field.clone());
        field
    }

    pub(super) fn finish(mut self, needs: &[Need]) -> Schemes {
        let mut schemes = Schemes::default();
        if !self.is_stated && self.general.is_none() && !self.schemes.is_empty() {
            // Declared and never asked for: it is forgotten more often than meant.
            let names: Vec<&'d str> = self.schemes.keys().copied().take(MOST_WAYS).collect();
            for name in names {
                self.way(&[name], &mut schemes.notes);
            }
            self.allows_none = true;
            if !self.ways.is_empty() {
                schemes
                    .notes
                    .push("no operation says which security scheme it needs".to_owned());
            }
        }
        // Where others say what they need, silence means nothing.
        let silent = |need: &Need| matches!(need.requirements, Requirements::Unknown);
        self.allows_none |= self.is_stated
            && self.general.is_none()
            && needs
                .iter()
                .any(|need| silent(need) && need.notes.is_empty());
        let order = self.order(&mut schemes.notes);
        // What belongs to other schemes is not sent in place of what could not be kept.
        self.allows_none |= needs.iter().any(|need| self.is_lost(need, &order));
        for index in &order {
            let way = &self.ways[*index];
            schemes.auth.push(way.auth.clone());
            schemes.credential.extend(way.places.iter().cloned());
        }
        let none = (self.allows_none && !schemes.auth.is_empty()).then(|| {
            schemes.auth.push(AuthParts {
                label: "No authentication".to_owned(),
                scheme: SchemeParts::None,
            });
            schemes.auth.len() - 1
        });
        for need in needs {
            schemes.taken.push(Taken {
                auth: self.taken(need, &order, none, &schemes.auth),
                is_lost: self.is_lost(need, &order),
            });
        }
        schemes
    }

    /// Chooses the ways that become auth schemes, the preferred one first.
    fn order(&self, notes: &mut Vec<String>) -> Vec<usize> {
        let customs = self.ways.iter().enumerate();
        let custom = customs
            .filter(|(_, way)| way.is_custom())
            .max_by_key(|(index, way)| (way.uses, std::cmp::Reverse(*index)))
            .map(|(index, _)| index);
        let mut order: Vec<usize> = Vec::new();
        for (index, way) in self.ways.iter().enumerate() {
            // A connection has one set of fields.
            if way.is_custom() && custom != Some(index) {
                let names = way.names.iter().map(|name| quoted(name));
                let names = names.collect::<Vec<_>>().join(" and ");
                notes.push(format!(
                    "security schemes {names} can't be combined with others"
                ));
            } else {
                order.push(index);
            }
        }
        // A key is entered without an OAuth client being set up first.
        order.sort_by_key(|index| {
            matches!(self.ways[*index].auth.scheme, SchemeParts::OAuth2 { .. })
        });
        order
    }

    /// Returns which of the ways that an operation takes a kept one stands for.
    fn own(&self, ways: &BTreeSet<usize>, index: usize) -> Option<usize> {
        let way = &self.ways[index];
        // What has more fields than are needed will do as well.
        let fits = |own: &&usize| {
            let names = &self.ways[**own].names;
            way.is_custom() && names.iter().all(|it| way.names.contains(it))
        };
        ways.get(&index).or_else(|| ways.iter().find(fits)).copied()
    }

    /// Returns whether an operation needs a credential, and none that it takes could be kept.
    fn is_lost(&self, need: &Need, order: &[usize]) -> bool {
        match &need.requirements {
            Requirements::Unknown => false,
            Requirements::Stated { ways, is_optional } => {
                !is_optional && order.iter().all(|index| self.own(ways, *index).is_none())
            }
        }
    }

    /// Returns what an operation takes of the auth schemes; `None` if that is all of them.
    fn taken(
        &self,
        need: &Need,
        order: &[usize],
        none: Option<usize>,
        auth: &[AuthParts],
    ) -> Option<Vec<ActionAuth>> {
        let Requirements::Stated { ways, is_optional } = &need.requirements else {
            return None;
        };
        let mut taken = Vec::new();
        for (scheme, index) in order.iter().enumerate() {
            let way = &self.ways[*index];
            let Some(own) = self.own(ways, *index) else {
                continue;
            };
            let names = self.ways[own].names.iter().filter(|_| way.is_custom());
            taken.push(ActionAuth {
                scheme,
                fields: names
                    .filter_map(|name| self.fields.get(name).cloned())
                    .collect(),
            });
        }
        taken.extend(
            none.filter(|_| *is_optional || taken.is_empty())
                .map(|scheme| ActionAuth {
                    scheme,
                    fields: Vec::new(),
                }),
        );
        let sends_all = |way: &ActionAuth| match &auth[way.scheme].scheme {
            SchemeParts::Custom { fields } => fields.len() == way.fields.len(),
            _ => true,
        };
        let is_all = taken.len() == auth.len() && taken.iter().all(sends_all);
        (!taken.is_empty() && !is_all).then_some(taken)
    }
}
