//! Security schemes and requirements, mapped to auth schemes.

use std::collections::BTreeMap;

use plugwright_sdk::Value;
use plugwright_sdk::host::{AuthParts, FieldParts, SchemeParts, ScopeParts};
use url::Url;

use super::reference::Document;
use crate::form::{CredentialPlace, ParameterPlace};
use crate::text::{self, clean, quoted};

/// The schemes of a document.
pub(super) struct Security<'d> {
    schemes: BTreeMap<&'d str, &'d Value>,
    /// What holds for operations that say nothing; none if the document says nothing either.
    general: Option<&'d Vec<Value>>,
    base: Option<Url>,
    auth: Vec<AuthParts>,
    /// The auth schemes, by the names of the security schemes that each stands for.
    known: BTreeMap<Vec<&'d str>, Option<usize>>,
    places: Vec<CredentialPlace>,
    allows_none: bool,
    /// Whether an operation says itself what it needs.
    is_stated: bool,
    pub(super) notes: Vec<String>,
}

/// What an operation needs.
pub(super) struct Need {
    /// The scopes of OAuth 2, where only one set of them will do.
    pub(super) scopes: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl<'d> Security<'d> {
    pub(super) fn new(document: Document<'d>, base: Option<Url>) -> Self {
        let root = document.root();
        let declared = root
            .pointer("/components/securitySchemes")
            .and_then(Value::as_object);
        let schemes = declared.into_iter().flatten().filter_map(|(name, scheme)| {
            let scheme = document.resolve(scheme).ok()?;
            Some((name.as_str(), scheme))
        });
        Self {
            schemes: schemes.collect(),
            general: root.get("security").and_then(Value::as_array),
            base,
            auth: Vec::new(),
            known: BTreeMap::new(),
            places: Vec::new(),
            allows_none: false,
            is_stated: false,
            notes: Vec::new(),
        }
    }

    /// Takes note of what an operation needs.
    pub(super) fn operation(&mut self, operation: &'d Value) -> Need {
        let mut need = Need {
            scopes: Vec::new(),
            notes: Vec::new(),
        };
        let own = operation.get("security").and_then(Value::as_array);
        self.is_stated |= own.is_some();
        let Some(alternatives) = own.or(self.general) else {
            return need;
        };
        if alternatives.is_empty() {
            self.allows_none = true;
        }
        let mut scopes: Vec<Vec<String>> = Vec::new();
        for alternative in alternatives.iter().filter_map(Value::as_object) {
            if alternative.is_empty() {
                self.allows_none = true;
                continue;
            }
            let mut names: Vec<&'d str> = alternative.keys().map(String::as_str).collect();
            names.sort_unstable();
            let unknown = names.iter().find(|name| !self.schemes.contains_key(**name));
            if let Some(name) = unknown {
                let note = format!("security scheme {} is not declared", quoted(name));
                need.notes.push(note);
                continue;
            }
            let index = match self.known.get(&names) {
                Some(index) => *index,
                None => {
                    let made = self.scheme(&names, &mut need.notes);
                    let index = made.map(|made| {
                        self.auth.push(made);
                        self.auth.len() - 1
                    });
                    self.known.insert(names.clone(), index);
                    index
                }
            };
            let Some(SchemeParts::OAuth2 { scopes: known, .. }) =
                index.map(|index| &mut self.auth[index].scheme)
            else {
                continue;
            };
            let needed = alternative.values().filter_map(Value::as_array).flatten();
            let needed: Vec<String> = needed
                .filter_map(Value::as_str)
                .filter(|scope| is_scope(scope))
                .map(str::to_owned)
                .collect();
            for scope in &needed {
                if known.iter().all(|known| known.name != *scope) {
                    known.push(ScopeParts {
                        name: scope.clone(),
                        description: String::new(),
                    });
                }
            }
            scopes.push(needed);
        }
        // Of several sets any one will do, which can't be said.
        if let [only] = scopes.as_slice()
            && alternatives.len() == 1
        {
            need.scopes.clone_from(only);
        }
        need
    }

    /// Returns the auth schemes, the preferred one first, and where custom fields go.
    pub(super) fn finish(mut self) -> (Vec<AuthParts>, Vec<CredentialPlace>, Vec<String>) {
        if !self.is_stated && self.general.is_none() && !self.schemes.is_empty() {
            // Declared and never asked for: it is forgotten more often than meant.
            let mut notes = Vec::new();
            let names: Vec<&'d str> = self.schemes.keys().copied().collect();
            for name in names {
                let made = self.scheme(&[name], &mut notes);
                self.auth.extend(made);
            }
            self.allows_none = true;
            self.notes.append(&mut notes);
            if !self.auth.is_empty() {
                self.notes
                    .push("no operation says which security scheme it needs".to_owned());
            }
        }
        let interactive = |auth: &AuthParts| matches!(auth.scheme, SchemeParts::OAuth2 { .. });
        // A key is entered without an OAuth client being set up first.
        self.auth.sort_by_key(interactive);
        let mut customs = 0;
        self.auth.retain(|auth| {
            let custom = matches!(auth.scheme, SchemeParts::Custom { .. });
            customs += usize::from(custom);
            !custom || customs == 1
        });
        let fields: Vec<_> = self
            .auth
            .iter()
            .filter_map(|auth| match &auth.scheme {
                SchemeParts::Custom { fields } => Some(fields),
                _ => None,
            })
            .flatten()
            .map(|field| field.name.clone())
            .collect();
        self.places.retain(|place| fields.contains(&place.field));
        if self.allows_none && !self.auth.is_empty() {
            self.auth.push(AuthParts {
                label: "No authentication".to_owned(),
                scheme: SchemeParts::None,
            });
        }
        (self.auth, self.places, self.notes)
    }

    /// Makes the auth scheme that stands for security schemes which are needed together.
    fn scheme(&mut self, names: &[&'d str], notes: &mut Vec<String>) -> Option<AuthParts> {
        if let [name] = names {
            let scheme = self.schemes.get(name)?;
            return self.single(name, scheme, notes);
        }
        let mut fields = Vec::new();
        for name in names {
            let scheme = self.schemes.get(name)?;
            let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
            let field = field_name(name);
            let (place, on_wire, prefix) = match (text("type"), text("in")) {
                ("apiKey", "header") => (ParameterPlace::Header, text("name"), ""),
                ("apiKey", "query") => (ParameterPlace::Query, text("name"), ""),
                ("apiKey", "cookie") => (ParameterPlace::Cookie, text("name"), ""),
                ("http", _) if text("scheme").eq_ignore_ascii_case("bearer") => {
                    (ParameterPlace::Header, "authorization", "Bearer ")
                }
                ("oauth2" | "openIdConnect", _) => {
                    (ParameterPlace::Header, "authorization", "Bearer ")
                }
                _ => {
                    notes.push(format!(
                        "security scheme {} can't be combined with others",
                        quoted(name)
                    ));
                    return None;
                }
            };
            if !is_token(on_wire) && place != ParameterPlace::Query {
                notes.push(format!(
                    "security scheme {} has no valid name",
                    quoted(name)
                ));
                return None;
            }
            fields.push(FieldParts {
                name: field.clone(),
                label: label(name, scheme),
                secret: true,
            });
            self.places.push(CredentialPlace {
                field,
                place,
                name: on_wire.to_owned(),
                prefix: prefix.to_owned(),
            });
        }
        Some(AuthParts {
            label: clean(&names.join(" and "), text::TITLE),
            scheme: SchemeParts::Custom { fields },
        })
    }

    fn single(
        &mut self,
        name: &'d str,
        scheme: &'d Value,
        notes: &mut Vec<String>,
    ) -> Option<AuthParts> {
        let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
        let bearer = || SchemeParts::BearerToken {
            prefix: "Bearer".to_owned(),
        };
        let made = match text("type") {
            "apiKey" => {
                let key = text("name");
                match text("in") {
                    "header" if is_token(key) => SchemeParts::ApiKeyHeader {
                        name: key.to_owned(),
                    },
                    "query" if !key.is_empty() => SchemeParts::ApiKeyQuery {
                        name: key.to_owned(),
                    },
                    "cookie" if is_token(key) => {
                        let field = field_name(name);
                        self.places.push(CredentialPlace {
                            field: field.clone(),
                            place: ParameterPlace::Cookie,
                            name: key.to_owned(),
                            prefix: String::new(),
                        });
                        SchemeParts::Custom {
                            fields: vec![FieldParts {
                                name: field,
                                label: label(name, scheme),
                                secret: true,
                            }],
                        }
                    }
                    _ => {
                        notes.push(format!("security scheme {} is incomplete", quoted(name)));
                        return None;
                    }
                }
            }
            "http" => match text("scheme").to_ascii_lowercase().as_str() {
                "basic" => SchemeParts::Basic,
                "bearer" | "" => bearer(),
                other if is_token(other) && !matches!(other, "digest" | "hoba" | "mutual") => {
                    SchemeParts::BearerToken {
                        prefix: text("scheme").to_owned(),
                    }
                }
                _ => {
                    notes.push(format!(
                        "security scheme {} is of a kind that is not supported",
                        quoted(name)
                    ));
                    return None;
                }
            },
            "basic" => SchemeParts::Basic,
            "oauth2" => self.oauth2(scheme).unwrap_or_else(bearer),
            "openIdConnect" => bearer(),
            _ => {
                notes.push(format!(
                    "security scheme {} is of a kind that is not supported",
                    quoted(name)
                ));
                return None;
            }
        };
        Some(AuthParts {
            label: label(name, scheme),
            scheme: made,
        })
    }

    /// Makes a scheme of the first flow that a server can take part in.
    fn oauth2(&self, scheme: &'d Value) -> Option<SchemeParts> {
        let flows = scheme.get("flows")?;
        let flow = |name: &str| flows.get(name).filter(|flow| flow.is_object());
        let url = |flow: &Value, key: &str| {
            let text = flow.get(key)?.as_str()?;
            let url = match &self.base {
                Some(base) => base.join(text).ok()?,
                None => Url::parse(text).ok()?,
            };
            let is_web = matches!(url.scheme(), "https" | "http") && url.username().is_empty();
            (is_web && url.host_str().is_some_and(|host| host.contains('.')))
                .then(|| url.as_str().replace(['{', '}'], ""))
        };
        let (chosen, authorization_endpoint) = match flow("authorizationCode") {
            Some(chosen) => (chosen, Some(url(chosen, "authorizationUrl")?)),
            None => (flow("clientCredentials")?, None),
        };
        let token_endpoint = url(chosen, "tokenUrl")?;
        let scopes = chosen.get("scopes").and_then(Value::as_object);
        let scopes = scopes.into_iter().flatten();
        Some(SchemeParts::OAuth2 {
            authorization_endpoint,
            token_endpoint,
            scopes: scopes
                .filter(|(name, _)| is_scope(name))
                .map(|(name, description)| ScopeParts {
                    name: name.clone(),
                    description: clean(description.as_str().unwrap_or_default(), text::PARAMETER),
                })
                .collect(),
        })
    }
}

fn label(name: &str, scheme: &Value) -> String {
    let described = scheme.get("description").and_then(Value::as_str);
    let text = described.map(|text| clean(text, text::TITLE));
    match text {
        Some(text) if !text.is_empty() && text.chars().count() < 50 => text,
        _ => clean(name, text::TITLE),
    }
}

/// Names a field of a credential after a security scheme.
fn field_name(name: &str) -> String {
    let words = crate::name::words(name);
    if words.is_empty() {
        "key".to_owned()
    } else {
        words.join("_")
    }
}

/// Tells whether a text is a token (RFC 9110, section 5.6.2), as names of headers are.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Tells whether a text is a scope (RFC 6749, section 3.3).
fn is_scope(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 300
        && text
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
