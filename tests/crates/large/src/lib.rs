//! A connector of 1,100 actions: const evaluation checks them all without tripping a lint.

use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

include!(concat!(env!("OUT_DIR"), "/connector.rs"));
