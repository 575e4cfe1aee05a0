//! A browser of one's own, which ends with the test: what Debian's packages `chromium` and
//! `chromium-driver` install, without a window, on a profile in a temporary directory.
#![cfg(unix)]
#![allow(
    clippy::missing_panics_doc,
    reason = "what helps tests panics where a test would fail"
)]

mod accessibility;
mod display;
mod keyboard;

use std::fs;
use std::ops::Deref;
use std::os::unix::fs::MetadataExt as _;
use std::process::Stdio;
use std::time::Duration;

use plugwright_sdk::transport::Live;
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::{DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

pub use accessibility::Violation;
pub use display::{Display, Scheme};
pub use keyboard::Focused;
pub use thirtyfour;

/// How long a start may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts the driver, and ends it with all browsers that it started, and the profile, when standard
/// input ends: with the process that holds the other end, however that ends. All of them are in the
/// process group of this script.
const KEEPER: &str = r#"
chromedriver --port=0 &
read -r _
trap '' TERM
kill -TERM 0
sleep 0.2
rm -rf "$1"
kill -KILL 0
"#;

/// A browser that runs until it is dropped. It is a `WebDriver` too.
pub struct Browser {
    driver: Option<WebDriver>,
    keeper: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser.
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().expect("a directory for the profile");
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        let output = keeper.stdout.take().expect("it is a pipe");
        let mut lines = BufReader::new(output).lines();
        let started = async {
            while let Some(line) = lines.next_line().await.expect("its output is text") {
                let port = line.rsplit_once("started successfully on port ");
                if let Some((_, port)) = port {
                    return port.trim_end_matches('.').to_owned();
                }
            }
            panic!(
                "there is no chromedriver: run `apt-get install chromium chromium-driver` as root"
            );
        };
        let port = timeout(PATIENCE, started).await;
        let port = port.expect("the driver starts in time");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });

        let mut wanted = DesiredCapabilities::chrome();
        // Root's browsers have no sandbox.
        let owner = fs::metadata(profile.path()).expect("the profile").uid();
        if owner == 0 {
            wanted.set_no_sandbox().expect("an argument");
        }
        let data = format!("--user-data-dir={}", profile.path().display());
        for argument in [
            "--headless",
            "--disable-dev-shm-usage",
            "--no-proxy-server",
            "--hide-scrollbars",
            &data,
        ] {
            wanted.add_arg(argument).expect("an argument");
        }
        wanted
            .set_browser_log_level(LoggingPrefsLogLevel::All)
            .expect("a log level");
        let client = Live::client_builder().expect("TLS");
        let client = client.timeout(2 * PATIENCE).build();
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), wanted)
            .client(client.expect("an HTTP client"))
            .connect()
            .await;
        Self {
            driver: Some(driver.expect("the browser starts")),
            keeper,
            _profile: profile,
        }
    }

    /// Waits until the page is there for which a JavaScript expression is true: a key that leads to
    /// another page is answered before that has come.
    pub async fn until(&self, expression: &str) {
        let script = format!("return document.readyState === 'complete' && Boolean({expression})");
        let waiting = async {
            // Between two pages there is nothing to ask.
            while !matches!(
                self.execute(script.as_str(), Vec::new())
                    .await
                    .map(|told| told.convert::<bool>()),
                Ok(Ok(true))
            ) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        if timeout(PATIENCE, waiting).await.is_err() {
            let (url, title) = (self.current_url().await, self.title().await);
            panic!("`{expression}` never became true; the browser is at {url:?}, {title:?}");
        }
    }

    /// Waits until the page of this title is there.
    pub async fn until_title(&self, title: &str) {
        self.until(&format!("document.title === {title:?}")).await;
    }

    /// Returns what the browser had to say about pages since the last time: errors, violations of
    /// policies, what failed to load.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.browser_log().await.expect("the browser's log");
        log.into_iter()
            .filter(|entry| matches!(entry.level.as_str(), "WARNING" | "SEVERE"))
            .map(|entry| entry.message)
            .collect()
    }
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        self.driver.as_ref().expect("it is there until the drop")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // The keeper ends the session, and faster.
            drop(driver.leak());
        }
        drop(self.keeper.stdin.take());
    }
}
