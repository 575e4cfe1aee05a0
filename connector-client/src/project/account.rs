//! Accounts of end users, and requests to connect them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! statuses {
    ($(#[$of:meta])+ $type:ident { $($(#[$doc:meta])+ $name:ident = $text:literal,)+ }) => {
        $(#[$of])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$doc])+ $name,)+
            /// A status that this version does not know, as the gateway spells it.
            Other(Box<str>),
        }

        impl $type {
            /// Returns the status as it is spelled on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let text = String::deserialize(source)?;
                Ok(match text.as_str() {
                    $($text => Self::$name,)+
                    _ => Self::Other(text.into()),
                })
            }
        }
    };
}

statuses! {
    /// How far a connection request is.
    ConnectionRequestStatus {
        /// The user has not finished yet.
        Initiated = "initiated",
        /// The account is connected.
        Connected = "connected",
        /// The user or the provider refused, or something failed.
        Failed = "failed",
        /// The user did not finish in time.
        Expired = "expired",
    }
}

statuses! {
    /// Whether an account can be used.
    ConnectedAccountStatus {
        /// It can.
        Active = "active",
        /// The user has to connect it again.
        ReauthRequired = "reauth_required",
        /// Something failed.
        Error = "error",
        /// It was disconnected.
        Disconnected = "disconnected",
    }
}

/// A request to connect an account of an end user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectionRequest {
    /// Id, to read it again.
    pub id: String,
    /// How far it is.
    pub status: ConnectionRequestStatus,
    /// Its project.
    pub project_id: String,
    /// The provider config that is used.
    pub provider_config_id: String,
    /// The end user.
    pub external_user_id: String,
    /// The connector.
    pub service: String,
    /// The name that the account gets, if one was given.
    #[serde(default, rename(deserialize = "alias"))]
    pub connection_name: Option<String>,
    /// Where the user goes. Send it to nobody else.
    pub authorization_url: String,
    /// The account, once it is connected.
    #[serde(default)]
    pub connected_account_id: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub error_code: Option<String>,
    /// Why it failed, for people.
    #[serde(default)]
    pub error_message: Option<String>,
    /// When it expires, in the format of RFC 3339.
    pub expires_at: String,
    /// When it was made, in milliseconds since 1970.
    pub created_at: u64,
    /// When it was changed, in milliseconds since 1970.
    pub updated_at: u64,
}

/// An account of an end user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectedAccount {
    /// Id.
    pub id: String,
    /// The same id.
    pub connected_account_id: String,
    /// Its project.
    pub project_id: String,
    /// The provider config that it was connected with.
    pub provider_config_id: String,
    /// The end user.
    pub external_user_id: String,
    /// The name that calls choose it by.
    #[serde(default, rename(deserialize = "alias"))]
    pub connection_name: Option<String>,
    /// Id of the connection in the gateway.
    pub app_id: String,
    /// Whether it can be used.
    pub status: ConnectedAccountStatus,
    /// Whether a call can be made now.
    pub available: bool,
    /// The connector.
    #[serde(default)]
    pub service: Option<String>,
    /// Id of the account at the provider.
    #[serde(default)]
    pub provider_account_id: Option<String>,
    /// Name of the account at the provider, for people.
    #[serde(default)]
    pub account_label: Option<String>,
    /// When it was connected, in milliseconds since 1970.
    pub created_at: u64,
    /// When it was changed, in milliseconds since 1970.
    pub updated_at: u64,
}
