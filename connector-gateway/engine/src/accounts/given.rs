//! Accounts whose credential is at hand: a key, or named values.

use std::collections::BTreeMap;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Fault, Faults};
use plugwright_sdk::{ErrorCode, Secret};

use super::provider::{Provider, ProviderSelector};
use super::{AccountError, Accounts};
use crate::connections::credential::{Fitting, named_fields, of_key, of_values};
use crate::connections::{Place, Receiver};
use crate::tokens::valid;
use plugwright_store::Connection;

/// An account to be stored. What could not be read is `None`, and is among the faults.
#[derive(Debug)]
pub struct Given {
    /// The user, by the project's own id.
    pub user: String,
    /// The provider config.
    pub provider: Option<ProviderSelector>,
    /// The name that the account gets; `None` is the first that is free.
    pub alias: Option<String>,
    /// The credential.
    pub secrets: Option<Secrets>,
}

/// A credential as the caller gives it.
#[derive(Debug)]
pub enum Secrets {
    /// `apiKey`, with settings of the connection as `extra`.
    Key {
        /// The key.
        key: Secret,
        /// The settings.
        extra: BTreeMap<String, String>,
    },
    /// `values`: those of the credential, and settings of the connection.
    Values(BTreeMap<String, Secret>),
}

impl Accounts<'_> {
    /// Stores an account, once the provider has accepted its credential. One that the user has
    /// connected already gets the new credential, unless another name is asked for. `faults` are
    /// those that reading the request found.
    pub async fn connect_given(
        &self,
        given: Given,
        mut faults: Faults,
    ) -> Result<Connection, AccountError> {
        let provider = match &given.provider {
            Some(selector) => self.provider(selector).await,
            None => Err(plugwright_sdk::ActionError::invalid(Faults::new()).into()),
        };
        // What is wrong with the request is said before what is wrong with the project.
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
            // Another request took it in the meantime.
            Some(alias) if error.code() == ErrorCode::Conflict => AccountError::AliasTaken {
                alias,
                name: connector.display_name().to_owned(),
            },
            _ => error.into(),
        })
    }
}

/// Makes the credential that a connector takes. `None` if there are faults.
fn fit(
    connector: &Connector,
    base_url: &str,
    secrets: Secrets,
    faults: &mut Faults,
) -> Result<Option<Fitting>, AccountError> {
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
        // One that is no text is not missing too.
        if faults.iter().all(|known| known.param != param) {
            let message = found.message;
            faults.push(Fault { param, message });
        }
    }
    Ok(made.map(|(credential, scheme)| Fitting {
        credential,
        scheme,
        settings,
    }))
}

fn takes_key(connector: &Connector) -> bool {
    let is_key = |scheme: &Scheme| matches!(scheme, Scheme::ApiKey(_) | Scheme::BearerToken { .. });
    connector.auth().iter().any(|auth| is_key(&auth.scheme))
}

/// Says how accounts of a connector are connected, to who tried it otherwise.
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

    fn fitted(connector: &'static ConnectorDefinition, secrets: Secrets) -> (Fitting, Faults) {
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
