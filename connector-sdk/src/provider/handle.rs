//! Providers as a process holds them: compiled in, or made at run time.

use std::collections::BTreeMap;
use std::sync::Arc;

use yoke::{Yoke, Yokeable};

use super::parts::{ConnectorParts, SchemeParts, SettingParts};
use super::{Availability, DEFAULT_GRAPHQL_PATH, ErrorMapper, Host, Identity, ProviderDefinition};
use crate::auth::{Auth, CustomField, Scope, plain_field, scope, secret_field};
use crate::http::Nesting;

/// What a connector tells of its provider. Clones share it.
#[derive(Clone)]
pub(crate) enum Provider {
    Compiled(&'static ProviderDefinition),
    Made(Arc<Made>),
}

pub(crate) struct Made(Yoke<Views<'static>, Box<Yoke<Lists<'static>, Box<ConnectorParts>>>>);

/// The lists within auth schemes, borrowed from the parts.
#[derive(Yokeable)]
struct Lists<'a>(Vec<(Vec<Scope<'a>>, Vec<CustomField<'a>>)>);

/// What accessors return slices of, borrowed from parts and lists.
#[derive(Yokeable)]
struct Views<'a> {
    hosts: Vec<Host<'a>>,
    headers: Vec<(&'a str, &'a str)>,
    auth: Vec<Auth<'a>>,
    categories: Vec<&'a str>,
}

impl<'a> Lists<'a> {
    fn of(parts: &'a ConnectorParts) -> Self {
        let lists = parts.auth.iter().map(|auth| match &auth.scheme {
            SchemeParts::OAuth2 { scopes, .. } => {
                let scopes = scopes.iter();
                let scopes = scopes.map(|known| scope(&known.name, &known.description));
                (scopes.collect(), Vec::new())
            }
            SchemeParts::Custom { fields } => {
                let fields = fields.iter().map(|field| {
                    if field.secret {
                        secret_field(&field.name, &field.label)
                    } else {
                        plain_field(&field.name, &field.label)
                    }
                });
                (Vec::new(), fields.collect())
            }
            _ => (Vec::new(), Vec::new()),
        });
        Self(lists.collect())
    }
}

impl<'a> Views<'a> {
    fn of(parts: &'a ConnectorParts, lists: &'a Lists<'a>) -> Self {
        let auth = parts.auth.iter().zip(&lists.0);
        let auth = auth.map(|(auth, (scopes, fields))| {
            let label = auth.label.as_str();
            match &auth.scheme {
                SchemeParts::None => Auth {
                    label,
                    ..Auth::none()
                },
                SchemeParts::ApiKeyHeader { name } => Auth::api_key_header(label, name),
                SchemeParts::ApiKeyQuery { name } => Auth::api_key_query(label, name),
                SchemeParts::BearerToken { prefix } => Auth::prefixed_token(label, prefix),
                SchemeParts::Basic { plain_username } => Auth {
                    plain_username: *plain_username,
                    ..Auth::basic(label)
                },
                SchemeParts::Custom { .. } => Auth::custom(label, fields),
                SchemeParts::OAuth2 {
                    authorization_endpoint,
                    token_endpoint,
                    own_callback,
                    ..
                } => Auth {
                    label,
                    ..match authorization_endpoint {
                        Some(endpoint) => Auth::oauth2(endpoint, token_endpoint, scopes)
                            .own_callback(*own_callback),
                        None => Auth::client_credentials(token_endpoint, scopes),
                    }
                },
            }
        });
        let hosts = parts.hosts.iter();
        let headers = parts.headers.iter();
        Self {
            hosts: hosts
                .map(|host| Host {
                    name: &host.name,
                    base_url: &host.base_url,
                })
                .collect(),
            headers: headers
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            auth: auth.collect(),
            categories: parts.categories.iter().map(String::as_str).collect(),
        }
    }
}

impl Made {
    fn parts(&self) -> &ConnectorParts {
        self.0.backing_cart().backing_cart()
    }
}

/// Defines what both kinds tell.
macro_rules! facts {
    ($($name:ident: $type:ty = |$made:ident| $value:expr;)*) => {$(
        pub(crate) fn $name(&self) -> $type {
            match self {
                Self::Compiled(definition) => definition.$name,
                Self::Made($made) => $value,
            }
        }
    )*};
}

/// Defines what only compiled connectors tell, and what holds for others.
macro_rules! compiled_facts {
    ($($name:ident: $type:ty = $default:expr;)*) => {$(
        pub(crate) fn $name(&self) -> $type {
            match self {
                Self::Compiled(definition) => definition.$name,
                Self::Made(_) => $default,
            }
        }
    )*};
}

impl Provider {
    pub(crate) fn new(parts: ConnectorParts) -> Self {
        let lists: Yoke<Lists<'static>, Box<ConnectorParts>> =
            Yoke::attach_to_cart(Box::new(parts), |parts: &ConnectorParts| Lists::of(parts));
        let views = Yoke::attach_to_cart(
            Box::new(lists),
            |lists: &Yoke<Lists<'static>, Box<ConnectorParts>>| {
                Views::of(lists.backing_cart(), lists.get())
            },
        );
        Self::Made(Arc::new(Made(views)))
    }

    facts! {
        name: &str = |made| &made.parts().name;
        display_name: &str = |made| &made.parts().display_name;
        version: &str = |made| &made.parts().version;
        description: &str = |made| &made.parts().description;
        base_url: &str = |made| &made.parts().base_url;
        hosts: &[Host<'_>] = |made| &made.0.get().hosts;
        headers: &[(&str, &str)] = |made| &made.0.get().headers;
        auth: &[Auth<'_>] = |made| &made.0.get().auth;
        categories: &[&str] = |made| &made.0.get().categories;
        icon_url: Option<&str> = |made| made.parts().icon_url.as_deref();
        homepage_url: Option<&str> = |made| made.parts().homepage_url.as_deref();
        identity: Option<Identity<'_>> = |made| {
            let own = made.parts().identity.as_ref()?;
            Some(Identity::at(&own.path, &own.id, &own.label))
        };
    }

    compiled_facts! {
        graphql_path: &'static str = DEFAULT_GRAPHQL_PATH;
        nesting: Nesting = Nesting::Repeated;
        idempotency_header: Option<&'static str> = None;
        availability: Availability = Availability::Available;
        error_mapper: Option<ErrorMapper> = None;
        cassettes: &'static [(&'static str, &'static str)] = &[];
        setting_defaults: &'static [(&'static str, &'static str)] = &[];
    }

    /// Returns the auth schemes whose names outlive this.
    pub(crate) fn compiled_auth(&self) -> Option<&'static [Auth<'static>]> {
        match self {
            Self::Compiled(definition) => Some(definition.auth),
            Self::Made(_) => None,
        }
    }

    /// Returns settings that have a default or a list of allowed values.
    pub(super) fn setting_parts(&self) -> &[SettingParts] {
        match self {
            Self::Compiled(_) => &[],
            Self::Made(made) => &made.parts().settings,
        }
    }

    pub(crate) fn add_default_settings(&self, settings: &mut BTreeMap<String, String>) {
        let made = self.setting_parts().iter();
        let made = made.filter_map(|known| Some((known.name.as_str(), known.default.as_deref()?)));
        let compiled = self.setting_defaults().iter().copied();
        for (name, default) in made.chain(compiled) {
            if !settings.contains_key(name) {
                settings.insert(name.to_owned(), default.to_owned());
            }
        }
    }
}
