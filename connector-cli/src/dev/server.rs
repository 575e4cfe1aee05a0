//! The gateway that serves a build.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use plugwright_mcp::Group;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout, Command};

use super::parent::STOP_WITH_STDIN;
use crate::args::DevArguments;
use crate::failure::Failure;
use crate::output;

/// How long running calls may take to finish when a build replaces another.
const GRACE: Duration = Duration::from_secs(2);

/// What `serve` prints once it listens, before the URL.
const LISTENING: &str = "listening on ";

pub(super) struct Flags {
    settings: Vec<(String, String)>,
    config: Option<PathBuf>,
}

impl Flags {
    pub(super) fn new(arguments: &DevArguments) -> Self {
        let mut flags = arguments.settings.flags.clone();
        let mut unless_given = |name: &str, value: &str| {
            if !flags.iter().any(|(given, _)| given == name) {
                flags.push((name.to_owned(), value.to_owned()));
            }
        };
        unless_given("dev", "true");
        if !arguments.live {
            unless_given("recorded", "true");
        }
        if std::env::var_os("PLUGWRIGHT_LOG_FILTER").is_none() {
            unless_given("log-filter", "warn");
        }
        unless_given("limits-shutdown-grace", "2s");
        Self {
            settings: flags,
            config: arguments.settings.config.clone(),
        }
    }

    /// Lets later builds listen where the first one does.
    pub(super) fn stay_at(&mut self, url: &str) {
        let address = url.trim_start_matches("http://");
        self.settings.retain(|(name, _)| name != "listen");
        self.settings
            .push(("listen".to_owned(), address.to_owned()));
    }

    fn arguments(&self) -> impl Iterator<Item = String> {
        let config = self
            .config
            .iter()
            .map(|path| format!("--config={}", path.display()));
        let settings = self.settings.iter();
        settings
            .map(|(name, value)| format!("--{name}={value}"))
            .chain(config)
    }
}

pub(super) struct Server {
    group: Group,
    /// Its end tells the gateway that this process is gone.
    _stdin: Option<ChildStdin>,
    binary: PathBuf,
    built: Option<SystemTime>,
}

impl Server {
    /// Starts a binary, waits until it listens and returns its URL; `None` if it has ended, and has
    /// said why.
    pub(super) async fn start(
        binary: PathBuf,
        flags: &Flags,
    ) -> Result<Option<(Self, String)>, Failure> {
        let failed =
            |error| Failure::internal(format!("can't start `{}`: {error}", binary.display()));
        let mut command = Command::new(&binary);
        command
            .arg("serve")
            .args(flags.arguments())
            .env(STOP_WITH_STDIN, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let built = modified(&binary);
        let mut group = Group::spawn(&mut command).map_err(failed)?;
        let (stdin, stdout, _) = group.streams();
        if let Some(stdout) = stdout {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(line) = lines.next_line().await.map_err(failed)? {
                if let Some(url) = line.strip_prefix(LISTENING) {
                    tokio::spawn(pass_on(lines));
                    let server = Self {
                        group,
                        _stdin: stdin,
                        built,
                        binary,
                    };
                    return Ok(Some((server, url.to_owned())));
                }
                output::note(&line);
            }
        }
        // Its exit code adds nothing to what it has said.
        let _ = group.wait().await;
        Ok(None)
    }

    pub(super) fn runs(&self, binary: &PathBuf) -> bool {
        self.binary == *binary && self.built.is_some() && self.built == modified(binary)
    }

    pub(super) async fn ended(&mut self) {
        if self.group.wait().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Lets running calls finish, then ends it.
    pub(super) async fn stop(self) {
        self.group.stop(GRACE + Duration::from_secs(1)).await;
    }
}

async fn pass_on(mut lines: tokio::io::Lines<BufReader<ChildStdout>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        output::note(&line);
    }
}

fn modified(binary: &PathBuf) -> Option<SystemTime> {
    std::fs::metadata(binary).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::SettingArguments;

    fn flags(given: &[(&str, &str)], live: bool) -> Flags {
        Flags::new(&DevArguments {
            package: None,
            bin: None,
            features: Vec::new(),
            live,
            settings: SettingArguments {
                config: Some("own.toml".into()),
                flags: given
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            },
        })
    }

    #[test]
    fn given_flags_come_before_those_of_dev() {
        let mut flags = flags(
            &[
                ("listen", "127.0.0.1:0"),
                ("dev", "false"),
                ("log-filter", "info"),
            ],
            true,
        );
        flags.stay_at("http://127.0.0.1:4567");
        let arguments: Vec<_> = flags.arguments().collect();
        assert_eq!(
            arguments,
            [
                "--dev=false",
                "--log-filter=info",
                "--limits-shutdown-grace=2s",
                "--listen=127.0.0.1:4567",
                "--config=own.toml",
            ]
        );
    }

    #[test]
    fn calls_are_answered_from_recorded_traffic_unless_they_are_to_be_live() {
        let has = |flags: Flags| flags.arguments().any(|flag| flag == "--recorded=true");
        assert!(has(flags(&[], false)));
        assert!(!has(flags(&[], true)));
    }
}
