//! A project's end users connect their accounts, and the project acts for them.
//!
//! The project's app is OOMOL's own client for projects, as `project_client/package.json` pins it, and
//! drives a gateway that is a process of its own: `project_client/check.mjs`. The provider of OAuth is an
//! authorization server, `plugwright_tests_oauth`; the person who signs in and agrees there is
//! `project_client/person.mjs`. `isolation` looks at what no user and no project may see of another.

#[path = "project_client/furnish.rs"]
mod furnish;
#[path = "project_client/isolation.rs"]
mod isolation;
#[path = "project_client/provider.rs"]
mod provider;

use std::process::Command;

use plugwright_sdk::json;
use plugwright_tests::npm;

use furnish::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn oomol_s_client_for_projects_works_as_it_is() {
    let place = Place::new().await;
    let gateway = place.setup().start().await;
    let context = json!({
        "gateway": gateway.url(),
        "mail": place.mail_url(),
        "issuer": place.issuer(),
        "acme": place.acme,
        "globex": place.globex,
        "token": gateway.token("an app", json!({})).await.1,
    });
    let printed = drive("check.mjs", context.to_string()).await;
    assert!(
        printed.lines().count() >= 30,
        "checks were left out:\n{printed}"
    );
    let log = gateway.log();
    for secret in provider::SECRETS {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
}

/// Runs a script of the npm package; returns what it printed.
async fn drive(script: &'static str, context: String) -> String {
    let running = tokio::task::spawn_blocking(move || {
        let folder = npm::install("project_client", env!("CARGO_TARGET_TMPDIR"));
        // A proxy of the machine has no business with loopback.
        npm::run(
            Command::new("node")
                .arg(script)
                .arg(context)
                .env("NO_PROXY", "127.0.0.1")
                .current_dir(folder),
        )
    });
    let printed = running
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    println!("{printed}");
    printed
}
