//! Builds with Cargo, which says itself what is wrong.

use std::path::PathBuf;
use std::process::Stdio;

use plugwright_mcp::Group;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::project::{Project, cargo};
use crate::failure::Failure;

pub(super) struct Build {
    arguments: Vec<String>,
    binary: String,
}

/// What came of a build.
pub(super) enum Built {
    Binary(PathBuf),
    /// Nothing; Cargo has said why.
    Failed,
}

/// What Cargo prints of what it made.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Build {
    /// The first build, which may take minutes and shows its progress.
    pub(super) fn first(project: &Project) -> Self {
        let mut arguments = vec![
            "build".to_owned(),
            "--message-format=json-render-diagnostics".to_owned(),
            format!("--package={}", project.package),
            format!("--bin={}", project.binary),
        ];
        if !project.features.is_empty() {
            arguments.push(format!("--features={}", project.features.join(",")));
        }
        Self {
            arguments,
            binary: project.binary.clone(),
        }
    }

    /// A later build, which is silent unless the compiler has something to say.
    pub(super) fn again(project: &Project) -> Self {
        let mut build = Self::first(project);
        build.arguments.push("--quiet".to_owned());
        build
    }

    /// Runs Cargo. It ends when this is dropped.
    pub(super) async fn run(&self) -> Result<Built, Failure> {
        let mut command = Command::from(cargo());
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let lost = |error| Failure::internal(format!("can't run cargo: {error}"));
        let mut group = Group::spawn(&mut command).map_err(lost)?;
        let mut executable = None;
        if let Some(stdout) = group.streams().1 {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(line) = lines.next_line().await.map_err(lost)? {
                executable = self.executable(&line).or(executable);
            }
        }
        let status = group.wait().await.map_err(lost)?;
        Ok(match executable {
            Some(executable) if status.success() => Built::Binary(executable),
            _ => Built::Failed,
        })
    }

    fn executable(&self, line: &str) -> Option<PathBuf> {
        // Build scripts and macros may print other lines.
        match serde_json::from_str(line).ok()? {
            Message::CompilerArtifact { target, executable } if target.name == self.binary => {
                executable
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_found_among_what_cargo_prints() {
        let build = Build {
            arguments: Vec::new(),
            binary: "shop".to_owned(),
        };
        let artifact = |name: &str, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"{name}","kind":["bin"]}},"executable":{executable},"fresh":false}}"#
            )
        };
        assert_eq!(
            build.executable(&artifact("shop", r#""/t/shop""#)),
            Some("/t/shop".into())
        );
        assert_eq!(build.executable(&artifact("shop", "null")), None);
        assert_eq!(build.executable(&artifact("other", r#""/t/other""#)), None);
        for line in [
            r#"{"reason":"build-finished","success":true}"#,
            "a line",
            "{}",
        ] {
            assert_eq!(build.executable(line), None);
        }
    }
}
