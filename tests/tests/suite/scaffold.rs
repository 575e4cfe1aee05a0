//! `new`: the crates that it writes compile without warnings and pass their tests, and what is
//! recorded in them stays.

#[cfg(unix)]
pub(crate) mod annex;
#[cfg(target_os = "linux")]
mod dev;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use plugwright_sdk::json;
use plugwright_tests::{Loopback, Received};
use serde_json::Value;

#[cfg(unix)]
use self::annex::Annex;
use crate::fixture;

#[cfg(unix)]
const SCHEMES: &[&str] = &[
    "bearer_token",
    "prefixed_token",
    "api_key",
    "basic",
    "oauth2",
    "none",
];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// An empty folder for a test; crates in it are in no workspace.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("scaffold")
        .join(name);
    // It may be left from a run before.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn new(folder: &Path, arguments: &[&str]) -> Output {
    fixture::LOCAL
        .command()
        .arg("new")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// What compiles crates of a workspace beside this one: Clippy, if it has compiled this test.
#[cfg(unix)]
pub(crate) fn compiler() -> impl Iterator<Item = (&'static str, &'static str)> {
    option_env!("CLIPPY_ARGS")
        .into_iter()
        .flat_map(|arguments| {
            [
                ("RUSTC_WORKSPACE_WRAPPER", "clippy-driver"),
                ("CLIPPY_ARGS", arguments),
            ]
        })
}

/// Runs cargo in a further crate of a workspace beside this one, with what is built already.
#[cfg(unix)]
pub(crate) fn cargo(krate: &Path, arguments: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What this test was told of its own package would make build scripts run again (`ring`).
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
            command.env_remove(&name);
        }
    }
    command
        .args(arguments)
        .current_dir(krate)
        .env("CARGO_TARGET_DIR", target)
        .envs(compiler())
        .env("PLUGWRIGHT_TRY_BEARER_TOKEN_TOKEN", "s3cr3t-token")
        .output()
        .unwrap()
}

/// Checks that cargo succeeded and that the compiler had nothing to say.
pub(crate) fn well(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{printed}");
    assert!(!said.contains("warning"), "{said}");
    printed
}

/// The API of the example, with other items.
fn api(request: &Received) -> Vec<u8> {
    let known = request
        .headers
        .contains(&("authorization".to_owned(), "Bearer s3cr3t-token".to_owned()));
    let (status, body) = match request.target.as_str() {
        _ if !known => ("401 Unauthorized", json!({ "message": "who are you?" })),
        "/v1/items/7" => ("200 OK", json!({ "id": "7", "name": "Rug", "note": null })),
        "/v1/items" => (
            "200 OK",
            json!({ "items": [{ "id": "7", "name": "Rug", "note": null }], "next_cursor": null }),
        ),
        _ => ("404 Not Found", json!({ "message": "nothing here" })),
    };
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn crates_of_every_scheme_pass_their_tests() {
    let server = Loopback::start(api).await.unwrap();
    let base_url = format!("http://{}/v1/", server.address());
    // As the manifest of a new crate asks for it, the command line has no gateway.
    let annex = Annex::new("schemes", &["serve", "postgres", "otlp"]);
    let further = annex.further();
    let mut packages = Vec::new();
    for scheme in SCHEMES {
        let name = format!("try-{}", scheme.replace('_', "-"));
        let checkout = annex.root().display().to_string();
        let arguments = [
            name.as_str(),
            "--auth",
            scheme,
            "--base-url",
            &base_url,
            "--sdk-path",
            &checkout,
        ];
        let made = new(&further, &arguments);
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(made.status.success(), "{said}");
        let krate = format!("plugwright-{name}");
        assert!(said.contains(&format!("cd {krate}\n")), "{said}");
        annex.join(&further.join(&krate));
        let files: Vec<_> = String::from_utf8_lossy(&made.stdout)
            .lines()
            .map(|file| further.join(file))
            .collect();
        assert!(files.len() > 10 && files.iter().all(|file| file.is_file()));
        packages.extend(["--package".to_owned(), krate]);
    }
    let packages: Vec<_> = packages.iter().map(String::as_str).collect();
    well(&cargo(
        &further,
        &[&["fmt", "--check"], &packages[..]].concat(),
    ));
    let printed = well(&cargo(
        &further,
        &[&["test", "--offline"], &packages[..]].concat(),
    ));
    let conforming = printed.matches("test conforms ... ok").count();
    assert_eq!(conforming, SCHEMES.len(), "{printed}");
    assert!(server.received().is_empty());

    // The commands of the README, and a recording in place of the made-up traffic.
    let krate = further.join("plugwright-try-bearer-token");
    let run = |line: &str| {
        let words = ["run", "--quiet", "--offline", "--"];
        let words: Vec<_> = words.into_iter().chain(line.split(' ')).collect();
        cargo(&krate, &words)
    };
    let list = "run try-bearer-token.items.list --replay --output minimal --fields name";
    assert_eq!(well(&run(list)), "Lamp\nChair\n");
    // With a feature the crate is a gateway as well.
    let refused = run("serve --dev");
    assert_eq!(refused.status.code(), Some(4));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("the feature `serve`"), "{said}");
    let config = ["run", "--quiet", "--offline", "--features", "serve", "--"];
    let ran = cargo(&krate, &[&config[..], &["config"]].concat());
    assert!(well(&ran).contains("listen"));
    let ran = run("record try-bearer-token.items.list --force");
    assert_eq!(well(&ran), "tests/cassettes/items.list.json\n");
    assert_eq!(well(&run(list)), "Rug\n");
    // A file that was not there before is found all the same.
    well(&run("record try-bearer-token.items.list --case again"));
    let printed = well(&run("check"));
    assert!(
        printed.contains("cassettes: 2 recorded, 2 constructed"),
        "{printed}"
    );

    // The further action of the chapter on ten minutes, from its code to its cassette.
    let items = krate.join("src/items.rs");
    let code = fs::read_to_string(&items).unwrap();
    fs::write(&items, format!("{code}\n{}", block("rust"))).unwrap();
    let lib = krate.join("src/lib.rs");
    let code = fs::read_to_string(&lib).unwrap();
    let listed = code.replace("items::create]", "items::create, items::get]");
    assert_ne!(code, listed);
    fs::write(&lib, listed).unwrap();
    let failed = cargo(&krate, &["test", "--offline"]);
    let printed = String::from_utf8_lossy(&failed.stdout).into_owned();
    let missing = "cassette: items.get: has no cassette of a call that succeeds";
    assert!(
        !failed.status.success() && printed.contains(missing),
        "{printed}"
    );
    well(&run("record try-bearer-token.items.get id=7"));
    well(&cargo(&krate, &["test", "--offline"]));
}

/// The first block of a language in the chapter on ten minutes.
fn block(language: &str) -> String {
    let chapter = fs::read_to_string(root().join("docs/src/ten-minutes.md")).unwrap();
    let (_, from) = chapter.split_once(&format!("```{language}\n")).unwrap();
    from.split_once("```").unwrap().0.to_owned()
}

#[test]
fn what_can_not_be_made_is_refused_with_the_reason() {
    let folder = folder("refused");
    fs::create_dir(folder.join("plugwright-shelf")).unwrap();
    fs::write(folder.join("file"), "").unwrap();
    let checkout = root().display().to_string();
    let refused: &[(&[&str], i32, &str)] = &[
        (
            &["github", "--auth", "none", "--sdk-path", &checkout],
            4,
            "a connector in that checkout",
        ),
        (
            &["shelf", "--auth", "none"],
            4,
            "already exists: `plugwright-shelf`",
        ),
        (
            &["shelf", "--auth", "none", "--dir", "file"],
            4,
            "already exists: `file`",
        ),
        (
            &["shelf", "--auth", "none", "--dir", "file/x"],
            1,
            "can't be written",
        ),
        (&["Shelf", "--auth", "none"], 4, "lower-case letters"),
        (&["tools", "--auth", "none"], 4, "reserved"),
        (&["sdk", "--auth", "none"], 4, "a package of Plugwright"),
        (&["local", "--auth", "none"], 4, "linked connector"),
        (
            &["rack", "--auth", "magic"],
            4,
            "[possible values: bearer_token, prefixed_token, api_key, basic, oauth2, none]",
        ),
        (
            &["rack"],
            4,
            "--auth <bearer_token|prefixed_token|api_key|basic|oauth2|none>",
        ),
        (
            &["rack", "--auth", "none", "--base-url", "rack"],
            4,
            "http or https URL",
        ),
        (
            &["rack", "--auth", "none", "--sdk-path", "."],
            4,
            "not a checkout",
        ),
    ];
    for (arguments, exit, reason) in refused {
        let output = new(&folder, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*exit), "{arguments:?}: {said}");
        assert!(said.contains(reason), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
}

#[test]
fn the_chapter_shows_the_files_that_are_written() {
    let made = new(&folder("chapter"), &["shelf", "--auth", "bearer_token"]);
    assert!(made.status.success(), "{made:?}");
    let files = String::from_utf8_lossy(&made.stdout).into_owned();
    let next = String::from_utf8_lossy(&made.stderr).into_owned();
    assert_eq!(block("text"), files + next.as_str());
}

#[test]
fn without_a_checkout_the_crate_takes_the_release() {
    let folder = folder("release");
    let made = new(&folder, &["shelf", "--auth", "none", "--dir", "deep/er"]);
    assert!(made.status.success(), "{made:?}");
    let manifest = fs::read_to_string(folder.join("deep/er/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let version = toml::Value::from(env!("CARGO_PKG_VERSION"));
    for package in ["plugwright", "plugwright-sdk"] {
        let dependency = &manifest["dependencies"][package];
        assert_eq!(dependency["version"], version);
        assert!(dependency.get("path").is_none());
    }
    let cassette = folder.join("deep/er/tests/cassettes/items.list.json");
    let cassette: Value = serde_json::from_str(&fs::read_to_string(cassette).unwrap()).unwrap();
    assert_eq!(
        cassette["exchanges"][0]["request"]["url"],
        "https://api.example.com/items"
    );
}
