//! One auth scheme, made of security schemes.

use plugwright_sdk::Value;
use plugwright_sdk::host::{AuthParts, FieldParts, SchemeParts, ScopeParts, word_list};
use plugwright_sdk::reading::value::members;
use url::Url;

use super::AUTHORIZATION;
use super::kind::{is_signed, prefix};
use crate::form::{CredentialPlace, ParameterPlace};
use crate::text::{self, clean, quoted};

pub(super) const MOST_SCOPES: usize = 2000;

/// A field is named after so much of a name, in bytes.
const LONGEST_FIELD: usize = 64;

/// An auth scheme, with where the fields of a custom one go.
pub(super) struct Made {
    pub(super) auth: AuthParts,
    pub(super) places: Vec<CredentialPlace>,
}

fn member<'d>(scheme: &'d Value, key: &str) -> &'d str {
    scheme.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the place and the name there of what a scheme sends, if a field of a custom credential can
/// stand for it.
pub(super) fn target(scheme: &Value) -> Option<(String, String)> {
    let (place, name, _) = wire(scheme)?;
    Some((format!("{place:?}"), name.to_ascii_lowercase()))
}

/// Returns whether a scheme sends the header `Authorization`.
pub(super) fn is_authorization(scheme: &Value) -> bool {
    let is_http = matches!(member(scheme, "type"), "http" | "basic");
    is_http || target(scheme).is_some_and(|(_, name)| name == "authorization")
}

/// Returns place, name and prefix of what a scheme sends.
fn wire(scheme: &Value) -> Option<(ParameterPlace, &str, String)> {
    let prefixed = |prefix: &str| {
        (
            ParameterPlace::Header,
            "authorization",
            format!("{prefix} "),
        )
    };
    let named = |place| (place, member(scheme, "name"), String::new());
    if is_signed(scheme) {
        return None;
    }
    match (member(scheme, "type"), member(scheme, "in")) {
        ("apiKey", "header") => Some(match prefix(scheme) {
            Some(prefix) => prefixed(prefix),
            None => named(ParameterPlace::Header),
        }),
        ("apiKey", "query") => Some(named(ParameterPlace::Query)),
        ("apiKey", "cookie") => Some(named(ParameterPlace::Cookie)),
        ("http", _) if member(scheme, "scheme").eq_ignore_ascii_case("bearer") => {
            Some(prefixed("Bearer"))
        }
        ("oauth2" | "openIdConnect", _) => Some(prefixed("Bearer")),
        _ => None,
    }
}

/// Says how much a scheme is preferred to others that send the same, less being more.
pub(super) fn rank(scheme: &Value) -> u8 {
    let has = |flow: &str| scheme.pointer(&format!("/flows/{flow}")).is_some();
    match member(scheme, "type") {
        "oauth2" if has("authorizationCode") => 0,
        "oauth2" if has("clientCredentials") => 1,
        _ => 2,
    }
}

/// Returns whether two schemes are one, whatever scopes they declare.
pub(super) fn is_same(one: &SchemeParts, other: &SchemeParts) -> bool {
    match (one, other) {
        (
            SchemeParts::OAuth2 {
                authorization_endpoint: one,
                token_endpoint: own,
                ..
            },
            SchemeParts::OAuth2 {
                authorization_endpoint: other,
                token_endpoint,
                ..
            },
        ) => one == other && own == token_endpoint,
        (one, other) => one == other,
    }
}

/// Makes the custom scheme that stands for security schemes which are needed together.
pub(super) fn together(parts: Vec<(&str, &Value, String)>) -> Result<Made, String> {
    let label = parts.iter().map(|(name, _, _)| *name).collect::<Vec<_>>();
    let label = clean(&label.join(" and "), text::TITLE);
    let mut fields = Vec::new();
    let mut places = Vec::new();
    for (name, scheme, field) in parts {
        let Some((place, on_wire, prefix)) = wire(scheme) else {
            let name = quoted(name);
            return Err(format!(
                "security scheme {name} can't be combined with others"
            ));
        };
        let is_valid = match place {
            ParameterPlace::Query => !on_wire.is_empty(),
            ParameterPlace::Header => is_credential_header(on_wire),
            _ => is_token(on_wire),
        };
        if !is_valid {
            return Err(format!(
                "security scheme {} has no valid name",
                quoted(name)
            ));
        }
        fields.push(FieldParts {
            name: field.clone(),
            label: self::label(name, scheme),
            secret: true,
        });
        places.push(CredentialPlace {
            field,
            place,
            name: on_wire.to_owned(),
            prefix,
        });
    }
    Ok(Made {
        auth: AuthParts {
            label,
            scheme: SchemeParts::Custom { fields },
        },
        places,
    })
}

pub(super) fn single(
    name: &str,
    scheme: &Value,
    field: String,
    base: Option<&Url>,
) -> Result<Made, String> {
    let basic = || SchemeParts::Basic {
        plain_username: false,
    };
    let token = |prefix: &str| SchemeParts::BearerToken {
        prefix: prefix.to_owned(),
    };
    let bearer = || token("Bearer");
    let unsupported = || {
        let name = quoted(name);
        Err(format!(
            "security scheme {name} is of a kind that is not supported"
        ))
    };
    if is_signed(scheme) {
        return unsupported();
    }
    let key = member(scheme, "name");
    let kind = member(scheme, "scheme").to_ascii_lowercase();
    let made = match (member(scheme, "type"), member(scheme, "in")) {
        ("apiKey", "header") if is_credential_header(key) => match prefix(scheme) {
            Some(prefix) => token(prefix),
            None => SchemeParts::ApiKeyHeader {
                name: key.to_owned(),
            },
        },
        ("apiKey", "query") if !key.is_empty() => SchemeParts::ApiKeyQuery {
            name: key.to_owned(),
        },
        ("apiKey", "cookie") if is_token(key) => {
            let made = together(vec![(name, scheme, field)])?;
            return Ok(Made {
                auth: AuthParts {
                    label: label(name, scheme),
                    ..made.auth
                },
                ..made
            });
        }
        ("apiKey", "header") if is_token(key) => {
            return Err(format!(
                "security scheme {} is a header that the client sets itself",
                quoted(name)
            ));
        }
        ("apiKey", _) => return Err(format!("security scheme {} is incomplete", quoted(name))),
        ("http", _) => match kind.as_str() {
            "basic" => basic(),
            "bearer" | "" => bearer(),
            other if is_token(other) => token(member(scheme, "scheme")),
            _ => return unsupported(),
        },
        ("basic", _) => basic(),
        ("oauth2", _) => oauth2(scheme, base).unwrap_or_else(bearer),
        ("openIdConnect", _) => bearer(),
        _ => return unsupported(),
    };
    Ok(Made {
        auth: AuthParts {
            label: label(name, scheme),
            scheme: made,
        },
        places: Vec::new(),
    })
}

/// Makes the scheme of a header parameter with a credential.
pub(super) fn of_parameter(parameter: &Value) -> AuthParts {
    let scheme = match prefix(parameter) {
        Some(prefix) => SchemeParts::BearerToken {
            prefix: prefix.to_owned(),
        },
        None => SchemeParts::ApiKeyHeader {
            name: AUTHORIZATION.to_owned(),
        },
    };
    AuthParts {
        label: label(AUTHORIZATION, parameter),
        scheme,
    }
}

/// Makes a scheme of the first flow that a server can take part in.
fn oauth2(scheme: &Value, base: Option<&Url>) -> Option<SchemeParts> {
    let flows = scheme.get("flows")?;
    let flow = |name: &str| flows.get(name).filter(|flow| flow.is_object());
    let url = |flow: &Value, key: &str| {
        let text = flow.get(key)?.as_str()?;
        let url = match base {
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
    let scopes = members(chosen.get("scopes"));
    Some(SchemeParts::OAuth2 {
        // Whose server it is, only the document says.
        own_callback: authorization_endpoint.is_some(),
        authorization_endpoint,
        token_endpoint,
        scopes: scopes
            .filter(|(name, _)| is_scope(name))
            .take(MOST_SCOPES)
            .map(|(name, description)| ScopeParts {
                name: name.clone(),
                description: clean(description.as_str().unwrap_or_default(), text::PARAMETER),
            })
            .collect(),
    })
}

fn label(name: &str, scheme: &Value) -> String {
    let described = scheme.get("description").and_then(Value::as_str);
    let text = described.map(|text| clean(text, text::TITLE));
    match text {
        Some(text) if !text.is_empty() && text.chars().count() < 50 => text,
        _ => clean(name, text::TITLE),
    }
}

pub(super) fn field_name(name: &str) -> String {
    let words = crate::name::words(&name[..name.floor_char_boundary(LONGEST_FIELD)]);
    if words.is_empty() {
        "key".to_owned()
    } else {
        words.join("_")
    }
}

/// Returns whether a text is a token (RFC 9110, section 5.6.2), as names of headers are.
pub(in crate::openapi) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Headers that the client sets itself, or of which a document says by other means than parameters what they
/// are.
pub(in crate::openapi) const OWN_HEADERS: &[&str] =
    &word_list::<17>(include_str!("../../../words/own_headers.txt"));

/// Returns whether a header can have a credential: the client does not set it itself.
pub(crate) fn is_credential_header(name: &str) -> bool {
    const ALLOWED: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];
    let lower = name.to_ascii_lowercase();
    let lower = lower.as_str();
    is_token(name) && (ALLOWED.contains(&lower) || !OWN_HEADERS.contains(&lower))
}

/// Returns whether a text is a scope (RFC 6749, section 3.3).
pub(super) fn is_scope(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 300
        && text
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
