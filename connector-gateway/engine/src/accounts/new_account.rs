//! Accounts that are connected with a credential: a key, or named values.

use std::collections::BTreeMap;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Fault, Faults};
use plugwright_sdk::{ErrorCode, Secret};

use super::provider::{Provider, ProviderSelector};
use super::{AccountError, Accounts};
use crate::connections::credential::{CheckedCredential, named_fields, of_key, of_values};
use crate::connections::{Place, Receiver};
use crate::tokens::valid;
use plugwright_store::Connection;

/// An account to store. What could not be parsed is `None` and among the faults.
#[derive(Debug)]
pub struct NewAccount {
    /// The user's id in the project.
    pub user: String,
    /// The provider config.
    pub provider: Option<ProviderSelector>,
    /// The account's name; `None` picks the first free one.
    pub alias: Option<String>,
    /// The credential.
    pub secrets: Option<Secrets>,
}

/// A credential in the form in which the caller sent it.
#[derive(Debug)]
pub enum Secrets {
    /// `apiKey`, with the connection's settings as `extra`.
    Key {
        /// The key.
        key: Secret,
        /// The settings.
        extra: BTreeMap<String, String>,
    },
    /// `values`: those of the credential and the connection's settings.
    Values(BTreeMap<String, Secret>),
}

impl Accounts<'_> {
    /// Stores an account once the provider has accepted its credential. An account that the user
    /// has already connected gets the new credential, unless the request has another name. `faults`
    /// are those found while parsing.
    pub async fn connect_given(
        &self,
        given: NewAccount,
        mut faults: Faults,
    ) -> Result<Connection, AccountError> {
        let provider = match &given.provider {
            Some(selector) => self.provider(selector).await,
            None => Err(plugwright_sdk::ActionError::invalid(Faults::new()).into()),
        };
        // Faults of the request come before those of the project.
        let Provider { config, connector } = match provider {
            Err(_) if !faults.is_empty() => {
                return Err(plugwright_sdk::ActionError::invalid(faults).into());
            }
            other => other?,
        };
        self.may_connect(connector.name())?;
        let fitting = match given.secrets {
            Some(secrets) => {
                let base_url = self.connect.outbound.base_url_of(&connector);
                fit(&connector, base_url, secrets, &mut faults)?
            }
            None => None,
        };
        let fitting = valid(faults, fitting)?;
        let owner = self.owner(&given.user);
        if let Some(alias) = &given.alias {
            self.alias_is_free(&owner, &connector, alias).await?;
        }
        let place = Place {
            owner: &owner,
            connector: connector.name(),
            provider_config: Some(config.id),
            name: given.alias.as_deref(),
            label: None,
            is_default: false,
        };
        let receiver = match given.alias {
            Some(_) => Receiver::New,
            None => Receiver::SameAccount,
        };
        let stored = self
            .connect
            .connections()
            .keep(place, receiver, &connector, fitting, None)
            .await;
        self.connect.storage.directory.forget();
        stored.map_err(|error| match given.alias {
            // Another request took the name in the meantime.
            Some(alias) if error.code() == ErrorCode::Conflict => AccountError::AliasTaken {
                alias,
                name: connector.display_name().to_owned(),
            },
            _ => error.into(),
        })
    }
}

/// Builds the credential that a connector takes; `None` if there are faults.
fn fit(
    connector: &Connector,
    base_url: &str,
    secrets: Secrets,
    faults: &mut Faults,
) -> Result<Option<CheckedCredential>, AccountError> {
    let (made, settings, place) = match secrets {
        Secrets::Key { key, extra } => {
            if !takes_key(connector) {
                return Err(mismatch(connector));
            }
            let made = of_key(connector, "apiKey", key, faults);
            (made, extra, "extra")
        }
        Secrets::Values(mut values) => {
            let Some((_, fields)) = named_fields(connector) else {
                return Err(mismatch(connector));
            };
            let is_field = |name: &str| fields.iter().any(|field| field.name == name);
            let mut settings = BTreeMap::new();
            for setting in connector.settings_at(base_url) {
                if !is_field(setting.name)
                    && let Some(value) = values.remove(setting.name)
                {
                    settings.insert(setting.name.to_owned(), value.expose().to_owned());
                }
            }
            let made = of_values(connector, "values", values, faults);
            (made, settings, "values")
        }
    };
    for found in connector.check_settings_at(base_url, &settings) {
        let param = format!("{place}.{}", found.param);
        // A value of the wrong type is not missing as well.
        if faults.iter().all(|known| known.param != param) {
            let message = found.message;
            faults.push(Fault { param, message });
        }
    }
    Ok(made.map(|(credential, scheme)| CheckedCredential {
        scheme,
        credential,
        settings,
    }))
}

fn takes_key(connector: &Connector) -> bool {
    let is_key = |scheme: &Scheme| matches!(scheme, Scheme::ApiKey(_) | Scheme::BearerToken { .. });
    connector.auth().iter().any(|auth| is_key(&auth.scheme))
}

/// Says how accounts of a connector can be connected, when another way was tried.
pub(super) fn mismatch(connector: &Connector) -> AccountError {
    let mut ways = Vec::new();
    if connector.oauth2().is_some() {
        ways.push("an account by OAuth (link)".to_owned());
    }
    if takes_key(connector) {
        ways.push("an API key (api-key)".to_owned());
    }
    if let Some((_, fields)) = named_fields(connector) {
        let names: Vec<_> = fields.iter().map(|field| field.name).collect();
        ways.push(format!(
            "the values {} (custom-credential)",
            names.join(", ")
        ));
    }
    AccountError::AuthTypeMismatch {
        name: connector.display_name().to_owned(),
        takes: if ways.is_empty() {
            "no account: it needs no authentication".to_owned()
        } else {
            ways.join(", or ")
        },
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::auth::SchemeKind;
    use plugwright_sdk::{
        Auth, ConnectorDefinition, Credential, actions, plain_field, secret_field,
    };

    use super::*;

    static KEYED: ConnectorDefinition = ConnectorDefinition::new("keyed", "Keyed", "1.0.0")
        .base_url("{base_url}")
        .auth(&[Auth::basic("Account"), Auth::bearer_token("Token")])
        .actions(actions![]);
    static FIELDS: ConnectorDefinition = ConnectorDefinition::new("fields", "Fields", "1.0.0")
        .base_url("https://{site}.example.com")
        .auth(&[Auth::custom(
            "Account",
            const {
                &[
                    plain_field("email", "E-mail"),
                    secret_field("token", "Token"),
                ]
            },
        )])
        .actions(actions![]);

    fn values(pairs: &[(&str, &str)]) -> Secrets {
        let pairs = pairs.iter();
        Secrets::Values(
            pairs
                .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
                .collect(),
        )
    }

    fn fitted(
        connector: &'static ConnectorDefinition,
        secrets: Secrets,
    ) -> (CheckedCredential, Faults) {
        let mut faults = Faults::new();
        let base_url = connector.base_url();
        let fitting = fit(&connector.into(), base_url, secrets, &mut faults).unwrap();
        (fitting.unwrap(), faults)
    }

    fn refused(connector: &'static ConnectorDefinition, secrets: Secrets) -> Vec<String> {
        let mut faults = Faults::new();
        let base_url = connector.base_url();
        let fitting = fit(&connector.into(), base_url, secrets, &mut faults).unwrap();
        assert!(!faults.is_empty() || fitting.is_none());
        faults.into_iter().map(|fault| fault.param).collect()
    }

    #[test]
    fn a_key_is_a_token_of_the_scheme_that_takes_one() {
        let extra = [("base_url".to_owned(), "https://a.example.com".to_owned())];
        let key = Secrets::Key {
            key: Secret::new("k"),
            extra: extra.into(),
        };
        let (fitting, faults) = fitted(&KEYED, key);
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(fitting.scheme, SchemeKind::BearerToken);
        assert!(matches!(fitting.credential, Credential::Token { token } if token.expose() == "k"));
        assert_eq!(fitting.settings.len(), 1);
    }

    #[test]
    fn values_are_fields_or_settings_or_user_name_and_password() {
        let given = [("email", "a@b.c"), ("token", "t"), ("site", "eu")];
        let (fitting, faults) = fitted(&FIELDS, values(&given));
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(fitting.scheme, SchemeKind::Custom);
        assert!(matches!(fitting.credential, Credential::Custom { fields } if fields.len() == 2));
        assert_eq!(fitting.settings["site"], "eu");
        let given = [
            ("username", "u"),
            ("password", "p"),
            ("base_url", "https://a.example.com"),
        ];
        let (fitting, faults) = fitted(&KEYED, values(&given));
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(fitting.scheme, SchemeKind::Basic);
    }

    #[test]
    fn faults_are_at_the_members_that_the_caller_wrote() {
        let found = refused(&FIELDS, values(&[("mail", "x"), ("token", "t")]));
        assert_eq!(found, ["values.email", "values.mail", "values.site"]);
        let found = refused(
            &FIELDS,
            values(&[("email", "x"), ("token", " "), ("site", "a/b")]),
        );
        assert_eq!(found, ["values.token", "values.site"]);
        let key = Secrets::Key {
            key: Secret::new(""),
            extra: BTreeMap::new(),
        };
        assert_eq!(refused(&KEYED, key), ["apiKey", "extra.base_url"]);
    }

    #[test]
    fn a_connector_says_what_it_takes_instead() {
        let key = Secrets::Key {
            key: Secret::new("k"),
            extra: BTreeMap::new(),
        };
        let fields = (&FIELDS).into();
        let Err(error) = fit(&fields, FIELDS.base_url(), key, &mut Faults::new()) else {
            panic!("it takes no key");
        };
        assert_eq!(
            error.to_string(),
            "Fields takes the values email, token (custom-credential)"
        );
    }
}
