//! Commands in the book and the README print what is shown there.

#[test]
fn the_book_s_commands_print_what_it_says() {
    // A `console` block starts with `$ plugwright`; a token in the environment must not matter.
    let cases = trycmd::TestCases::new();
    cases
        .case("../docs/src/command-line.md")
        .case("README.md")
        .env("PLUGWRIGHT_GITHUB_TOKEN", "not-a-token")
        .env("PLUGWRIGHT_ADMIN_TOKEN", "")
        .env("PLUGWRIGHT_CONFIG_DIR", env!("CARGO_TARGET_TMPDIR"));
    cases
        .insert_var("[VERSION]", env!("CARGO_PKG_VERSION"))
        .expect("it is the name of a variable");
}

/// The chapters about the gateway show output of a real one. Without one, their commands must get as
/// far as failing to reach it.
#[cfg(unix)]
#[test]
fn the_commands_of_the_gateway_s_chapters_are_commands() {
    use std::path::Path;
    use std::process::Command;

    let binary = Path::new(env!("CARGO_BIN_EXE_plugwright"));
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token.txt"), "not-a-token").expect("a file");
    let mut run = 0;
    for file in [
        "../docs/src/gateway.md",
        "../docs/src/access.md",
        "../docs/src/end-users.md",
        "../docs/src/connecting.md",
        "../docs/src/monitoring.md",
        "../docs/src/replicas.md",
        "../docs/src/mcp.md",
        "README.md",
    ] {
        let text = std::fs::read_to_string(file).expect("a chapter");
        for command in commands(&text) {
            // `serve` would not end; `config` takes the same flags.
            let served = command.replace("plugwright serve", "plugwright config");
            let output = Command::new("/bin/sh")
                .args(["-c", &served])
                .current_dir(folder.path())
                .env("PATH", binary.parent().expect("a folder"))
                .env("PLUGWRIGHT_GATEWAY", "http://127.0.0.1:1")
                .env("PLUGWRIGHT_ADMIN_TOKEN", "not-a-token-of-anybody")
                .env("BROWSER", "false")
                .env("PLUGWRIGHT_GITHUB_TOKEN", "not-a-token")
                .env("PLUGWRIGHT_OAUTH_CLIENT_SECRET", "not-a-secret")
                .output();
            let output = output.expect("a shell");
            let said = String::from_utf8_lossy(&output.stderr);
            let good = output.status.success() || said.contains("can't be reached");
            assert!(good, "{file}: {command}\n{said}");
            run += 1;
        }
    }
    assert!(run > 15, "{run}");
}

/// The lines of shell blocks that run or call a gateway, including those in `$(..)`.
#[cfg(unix)]
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let names = [
        "serve",
        "config",
        "migrate",
        "token",
        "connect",
        "connections",
        "disconnect",
        "connection",
        "organization",
        "project",
        "oauth",
        "runs",
        "vault",
    ];
    text.split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .flat_map(str::lines)
        .map(|line| match line.split_once("$(") {
            Some((_, inner)) => inner.trim_end_matches(')'),
            None => line,
        })
        .filter(move |line| {
            let mut words = line.split_whitespace();
            words.next() == Some("plugwright")
                && words.next().is_some_and(|name| names.contains(&name))
        })
}
