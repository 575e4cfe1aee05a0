//! What other users of the machine put where the gateway keeps its state.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use plugwright_tests::gateway::Setup;
use tempfile::TempDir;

use super::world::setup;

/// A data directory that a gateway has used, in a place of its own.
struct Place {
    place: TempDir,
    setup: Setup,
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

/// Whether this process may give files to others.
fn is_root(path: &Path) -> bool {
    fs::metadata(path).expect("a file").uid() == 0 && chown(path, Some(0), None).is_ok()
}

impl Place {
    async fn used() -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let setup = setup().data(place.path().join("data"));
        setup.start().await.kill().await;
        Self { place, setup }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.setup.data_directory().join(name)
    }

    /// Asserts that the gateway refuses to start and says because of which file.
    async fn refuses(&self, what: &str, name: &str) {
        let (status, said) = self.setup.refused().await;
        assert!(!status.success(), "{what}: {said}");
        assert!(said.contains(name), "{what}: {said}");
        assert!(
            !said.contains("panicked") && said.len() < 4096,
            "{what}: {said}"
        );
    }

    /// Moves a file elsewhere and leaves a link in its place.
    fn link(&self, name: &str, mode: u32) -> PathBuf {
        let target = self.place.path().join(format!("planted-{name}"));
        fs::rename(self.file(name), &target).expect("the file is there");
        set_mode(&target, mode);
        symlink(&target, self.file(name)).expect("a link");
        target
    }
}

#[tokio::test]
async fn files_that_are_links_are_refused() {
    for name in ["plugwright.db", "vault.key", "runs.db"] {
        for mode in [0o666, 0o600] {
            let place = Place::used().await;
            place.link(name, mode);
            place.refuses(&format!("{name} is a link"), name).await;
        }
    }
}

#[tokio::test]
async fn files_of_two_names_are_refused() {
    for name in ["plugwright.db", "vault.key"] {
        let place = Place::used().await;
        let other = place.place.path().join("other");
        fs::hard_link(place.file(name), other).expect("a link");
        place.refuses(&format!("{name} has two names"), name).await;
    }
}

#[tokio::test]
async fn files_that_others_can_write_or_read_are_not_taken() {
    for (name, mode) in [
        ("plugwright.db", 0o666),
        ("vault.key", 0o644),
        ("vault.key", 0o660),
    ] {
        let place = Place::used().await;
        set_mode(&place.file(name), mode);
        place
            .refuses(&format!("{name} has mode {mode:o}"), name)
            .await;
    }
}

#[tokio::test]
async fn files_and_directories_of_others_are_refused() {
    for name in ["plugwright.db", "vault.key", "runs.db"] {
        let place = Place::used().await;
        if !is_root(&place.file(name)) {
            println!("only root can give a file to others: not tried");
            return;
        }
        chown(place.file(name), Some(65_534), None).expect("an owner");
        place.refuses(&format!("{name} is another's"), name).await;
    }
    let place = Place::used().await;
    chown(place.setup.data_directory(), Some(65_534), None).expect("an owner");
    place.refuses("the directory is another's", "data").await;
}

#[tokio::test]
async fn links_that_were_planted_before_the_first_start_lead_nowhere() {
    for name in [
        "plugwright.db",
        "vault.key",
        "runs.db",
        "lock",
        "plugwright.db-wal",
    ] {
        let place = tempfile::tempdir().expect("a directory");
        let data = place.path().join("data");
        fs::create_dir(&data).expect("a directory");
        set_mode(&data, 0o700);
        let victim = place.path().join("victim");
        fs::write(&victim, "of somebody else").expect("a file");
        symlink(&victim, data.join(name)).expect("a link");
        let (status, said) = setup().data(&data).refused().await;
        assert!(!status.success(), "{name}: {said}");
        let left = fs::read_to_string(&victim).expect("a file");
        assert_eq!(left, "of somebody else", "{name}");

        // A link to nothing makes no file elsewhere.
        fs::remove_file(&victim).expect("a file");
        let (status, said) = setup().data(&data).refused().await;
        assert!(!status.success(), "{name}: {said}");
        assert!(!victim.exists(), "{name}: a file was made through the link");
    }
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    for name in ["vault.key", "plugwright.db"] {
        let place = Place::used().await;
        fs::remove_file(place.file(name)).expect("the file is there");
        fs::create_dir(place.file(name)).expect("a directory");
        place.refuses(&format!("{name} is a directory"), name).await;
    }
}
