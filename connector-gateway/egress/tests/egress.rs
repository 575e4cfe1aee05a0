//! The way out, against real servers on loopback.

mod egress {
    mod connections;
    mod delivery;
    #[cfg(unix)]
    mod exhaustion;
    mod faults;
    mod server;
    mod ssrf;

    use std::sync::Arc;
    use std::time::Duration;

    use plugwright_egress::{Asker, CallTransport, Egress, EgressCall, EgressSettings};
    use plugwright_sdk::{ActionContext, Auth, ConnectorDefinition, Credential};
    use tokio::time::Instant;

    /// A connector whose API is wherever a setting says.
    pub(crate) static ANYWHERE: ConnectorDefinition =
        ConnectorDefinition::new("anywhere", "Anywhere", "1.0.0")
            .base_url("{base_url}")
            .auth(&[Auth::bearer_token("Token")])
            .actions(&[]);

    pub(crate) fn settings(allow: &[&str]) -> EgressSettings {
        EgressSettings {
            allow: allow.iter().map(|text| text.parse().unwrap()).collect(),
            connect_timeout: Duration::from_secs(2),
            seed: Some(7),
            ..EgressSettings::default()
        }
    }

    /// The way out to any port of this machine.
    pub(crate) fn to_loopback() -> Egress {
        Egress::new(settings(&["127.0.0.1"])).unwrap()
    }

    pub(crate) fn call(repeatable: bool, within: Duration) -> EgressCall {
        EgressCall {
            budget: "connection".to_owned(),
            asker: Asker::of("me", "me"),
            repeatable,
            retries: None,
            deadline: Instant::now() + within,
            headers: http::HeaderMap::new(),
            withheld: Vec::new(),
            on_error: None,
            response_cap: 1 << 20,
        }
    }

    /// A context that calls `base_url` with the token `t0ken`.
    pub(crate) fn context(
        transport: &Arc<CallTransport>,
        base_url: &str,
        within: Duration,
    ) -> ActionContext {
        ActionContext::builder(&ANYWHERE, transport.clone())
            .credential(Credential::token("t0ken"))
            .setting("base_url", base_url)
            .deadline(Instant::now() + within)
            .response_cap(1 << 20)
            .build()
    }
}
