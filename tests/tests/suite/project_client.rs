//! A project's end users connect their accounts, and the project acts for them.
//!
//! The project's app is OOMOL's own client for projects, as `project_client/package.json` pins it, and
//! drives a gateway that is a process of its own: `project_client/check.mjs`. The provider of OAuth is an
//! authorization server, `plugwright_tests_oauth`; the person who signs in and agrees there is
//! `project_client/person.mjs`. `isolation` looks at what no user and no project may see of another.

mod configs;
pub(crate) mod furnish;
mod isolation;
pub(crate) mod provider;

use std::fs;
use std::path::Path;
use std::process::Command;

use plugwright_sdk::{Value, json};
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
        printed.lines().count() >= 27,
        "checks were left out:\n{printed}"
    );
    let log = gateway.log();
    for secret in provider::SECRETS {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
}

/// The chapter whose code is run.
const CHAPTER: &str = include_str!("../../../docs/src/accounts-of-your-users.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_code_of_the_book_runs() {
    let place = Place::new().await;
    let gateway = place.setup().start().await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let code = CHAPTER
        .split("```js\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"));
    let code: Vec<_> = code.map(|(code, _)| code).collect();
    assert!(code.len() >= 5, "{code:?}");
    let script = format!(
        "import {{ redirect }} from \"./person_of_the_book.mjs\";\n{}",
        code.concat()
    );
    let environment = [
        ("PLUGWRIGHT_URL", gateway.url().to_owned()),
        ("PLUGWRIGHT_PROJECT_KEY", text(&place.acme["key"])),
        ("MAIL_KEY", "key-of-ada".to_owned()),
        ("MAIL_URL", place.mail_url()),
    ];
    let printed = node(move |command, folder| {
        fs::write(folder.join("of_the_book.mjs"), script).expect("a script");
        command.arg("of_the_book.mjs").envs(environment);
    });
    let printed = printed.await;
    assert!(printed.starts_with("true ada@example.com\n"), "{printed}");
    assert!(printed.contains("account: 'ada'"), "{printed}");
}

/// Runs a script of the npm package; returns what it printed.
async fn drive(script: &'static str, context: String) -> String {
    node(move |command, _| {
        command.arg(script).arg(context);
    })
    .await
}

/// Runs Node.js in the folder of the npm package; returns what it printed.
async fn node(prepare: impl FnOnce(&mut Command, &Path) + Send + 'static) -> String {
    let running = tokio::task::spawn_blocking(move || {
        let folder = npm::install("project_client", env!("CARGO_TARGET_TMPDIR"));
        let mut command = Command::new("node");
        prepare(&mut command, &folder);
        // A proxy of the machine has no business with loopback.
        command.env("NO_PROXY", "127.0.0.1").current_dir(folder);
        npm::run(&mut command)
    });
    let printed = running
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    println!("{printed}");
    printed
}
