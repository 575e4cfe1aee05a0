//! The request that tells whose account a credential is.

use plugwright_import::{ImportedAction, ImportedConnector};
use plugwright_sdk::host::{Effect, SchemeParts, word_list};

use crate::rust::text;
use crate::schema::{Definitions, Kind, Member};

/// Last parts of paths that name the account of the caller.
const PATHS: &[&str] = &word_list::<8>(include_str!("../words/account_paths.txt"));

const IDS: &[&str] = &["id", "gid", "uuid", "account_id", "accountId", "user_id"];

const LABELS: &[&str] = &word_list::<9>(include_str!("../words/account_labels.txt"));

pub(crate) struct Identity {
    pub(crate) path: String,
    id: String,
    id_is_text: bool,
    label: String,
}

impl Identity {
    /// Finds the operation; an overlay states it.
    pub(crate) fn of(connector: &ImportedConnector) -> Option<Self> {
        let needs_credential = connector
            .parts
            .auth
            .iter()
            .any(|auth| !matches!(auth.scheme, SchemeParts::None));
        if !needs_credential {
            return None;
        }
        if let Some(stated) = &connector.parts.identity {
            return Some(Self {
                path: stated.path.clone(),
                id: stated.id.clone(),
                id_is_text: false,
                label: stated.label.clone(),
            });
        }
        let definitions = Definitions(&connector.definitions);
        let mut found: Vec<_> = connector
            .actions
            .iter()
            .filter(|action| is_of_caller(action))
            .filter_map(|action| Self::in_answer(action, definitions))
            .collect();
        found.sort_by_key(|identity| identity.path.len());
        found.into_iter().next()
    }

    fn in_answer(action: &ImportedAction, definitions: Definitions<'_>) -> Option<Self> {
        let Kind::Object(members) = definitions.view(&action.output).kind else {
            return None;
        };
        let mut places = vec![(String::new(), members.clone())];
        for member in &members {
            if let Kind::Object(inner) = definitions.view(member.schema).kind {
                places.push((format!("/{}", member.name), inner));
            }
        }
        let find = |members: &[Member<'_>], names: &[&str]| {
            names.iter().find_map(|name| {
                let member = members.iter().find(|member| member.name == *name)?;
                match definitions.view(member.schema).kind {
                    Kind::Text => Some(((*name).to_owned(), true)),
                    Kind::Integer => Some(((*name).to_owned(), false)),
                    _ => None,
                }
            })
        };
        places.into_iter().find_map(|(place, members)| {
            let (id, id_is_text) = find(&members, IDS)?;
            let (label, true) = find(&members, LABELS)? else {
                return None;
            };
            Some(Self {
                path: action.request.path.clone(),
                id: format!("{place}/{id}"),
                id_is_text,
                label: format!("{place}/{label}"),
            })
        })
    }

    pub(crate) fn code(&self) -> String {
        let id = if self.id_is_text {
            format!("me.pointer({})?.as_str()?.to_owned()", text(&self.id))
        } else {
            format!("me.pointer({})?.to_string()", text(&self.id))
        };
        format!(
            "/// Reads the account that a credential belongs to.\n\
             pub(crate) fn account(me: &Value) -> Option<Account> {{\n    \
                 Some(Account {{\n        \
                     id: {id},\n        \
                     label: me.pointer({})?.as_str()?.to_owned(),\n    \
                 }})\n}}\n",
            text(&self.label)
        )
    }
}

fn is_of_caller(action: &ImportedAction) -> bool {
    let path = &action.request.path;
    let last = path.rsplit('/').next().unwrap_or_default();
    action.request.method == "GET"
        && action.effect == Effect::Read
        && action.request.host.is_none()
        && !path.contains('{')
        && action.input.get("required").is_none()
        && PATHS.contains(&last)
}
