//! Step `machine-paths`: no file holds a path of the machine that it was written on.
//!
//! Such paths come in with recorded compiler messages and pasted output, and mean nothing to
//! anybody else.

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

use crate::findings;

/// Top-level folders that hold checkouts, homes and caches. Written without slashes, so that this
/// file passes its own check.
const FOLDERS: [&str; 4] = ["work", "root", "home", "Users"];

pub(super) fn run(sh: &Shell) -> Result<()> {
    // Those that Git tracks, and new ones that it does not ignore.
    let files = cmd!(sh, "git ls-files -z --cached --others --exclude-standard")
        .read()
        .context("cannot list the files of the repository: this step needs a Git checkout")?;
    let mut found = Vec::new();
    for file in files.split_terminator('\0') {
        let path = sh.current_dir().join(file);
        // A file that is deleted but not yet committed as such is still listed; a link is checked
        // where it points to.
        if !path.is_file() || path.is_symlink() {
            continue;
        }
        let content = sh.read_binary_file(path)?;
        let Ok(text) = str::from_utf8(&content) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            if let Some(path) = machine_path(line) {
                found.push(format!("{file}:{}: {path}", index + 1));
            }
        }
    }
    findings::none(
        &found,
        "paths of one machine: replace each by a relative path or a placeholder",
    )
}

/// The first absolute path in a line that starts in one of the folders.
fn machine_path(line: &str) -> Option<&str> {
    FOLDERS.iter().find_map(|folder| {
        let start = format!("/{folder}/");
        line.match_indices(&start)
            .filter(|(at, _)| !continues_a_path(&line[..*at]))
            .map(|(at, _)| {
                line[at..]
                    .split([' ', '"', '\'', '`', '<', '>', ')'])
                    .next()
            })
            .next()
            .flatten()
    })
}

/// Whether a slash after this text goes on with a relative path or a URL.
fn continues_a_path(before: &str) -> bool {
    before.ends_with(|character: char| {
        character.is_alphanumeric() || "-_.~*}])>$".contains(character)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_absolute_paths_of_a_machine() {
        for folder in FOLDERS {
            let path = format!("/{folder}/someone/src/lib.rs");

            assert_eq!(machine_path(&path), Some(path.as_str()));
            assert_eq!(
                machine_path(&format!("  --> {path} <--")),
                Some(path.as_str())
            );
            assert_eq!(
                machine_path(&format!("\"file://{path}\"")),
                Some(path.as_str())
            );
        }
    }

    #[test]
    fn passes_relative_paths_and_urls() {
        for folder in FOLDERS {
            for before in [
                "https://example.com",
                "docs",
                "$WORKSPACE",
                "{root}",
                "<root>",
                "..",
            ] {
                assert_eq!(machine_path(&format!("see {before}/{folder}/lib.rs")), None);
            }
        }
    }
}
