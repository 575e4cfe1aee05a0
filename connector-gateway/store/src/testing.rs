//! Records for tests.

use std::collections::BTreeMap;

use plugwright_sdk::Account;
use plugwright_sdk::auth::SchemeKind;
use uuid::Uuid;

use crate::{Connection, ConnectionStatus, DEFAULT_ORGANIZATION, Owner, Quota, Sealed, Timestamp};

/// A quota that nothing here exceeds.
pub fn quota() -> Quota<'static> {
    Quota {
        principal: "token:1",
        most: 100,
        beside: 0,
    }
}

/// A sealed value that no key opens.
pub fn sealed(text: &str) -> Sealed {
    Sealed {
        key_id: "k1".to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// A connection of the default organization to `github`.
pub fn connection(name: &str) -> Connection {
    Connection {
        id: Uuid::now_v7(),
        owner: Owner::Organization(DEFAULT_ORGANIZATION.to_owned()),
        connector: "github".to_owned(),
        name: name.to_owned(),
        is_default: false,
        scheme: SchemeKind::BearerToken,
        status: ConnectionStatus::Active,
        account: Some(Account {
            id: "7".to_owned(),
            label: "octocat".to_owned(),
        }),
        settings: BTreeMap::from([("site".to_owned(), "acme".to_owned())]),
        provider_config: None,
        label: None,
        scopes: None,
        expires_at: None,
        refresh_at: None,
        credential_version: 1,
        secret: sealed(name),
        version: 1,
        created_at: Timestamp::from_millis(1_800_000_000_000),
        updated_at: Timestamp::from_millis(1_800_000_000_000),
    }
}
