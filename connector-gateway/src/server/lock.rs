//! Compares the linked actions with the operator's lock.

use std::io::Read as _;
use std::path::Path;

use plugwright_engine::lock::{Change, Lock};
use plugwright_sdk::host::Registry;
use plugwright_store::data_directory::open_trusted;

use super::ServeError;

/// Refuses actions that may do more than the lock says, and logs what else differs.
pub(super) fn check(registry: &Registry, path: &Path) -> Result<(), ServeError> {
    let mut text = String::new();
    open_trusted(path)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(|error| ServeError::LockUnreadable {
            path: path.to_owned(),
            error,
        })?;
    let locked = Lock::parse(&text).map_err(|error| ServeError::Lock {
        path: path.to_owned(),
        error,
    })?;
    let changes = locked.changes_to(&Lock::of(registry)).into_iter();
    let (wider, others): (Vec<_>, Vec<_>) = changes.partition(Change::widens_authority);
    if !wider.is_empty() {
        return Err(ServeError::WiderAuthority {
            path: path.to_owned(),
            changes: wider,
        });
    }
    for change in others {
        tracing::warn!(kind = %change.kind, %change, "an action differs from the lock");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Effect;

    use super::*;

    fn check_after(edit: impl FnOnce(&mut Lock) -> String) -> Result<(), ServeError> {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let mut lock = Lock::of(&registry);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugwright.lock");
        std::fs::write(&path, edit(&mut lock)).unwrap();
        check(&registry, &path)
    }

    #[test]
    fn what_the_lock_allows_is_served() {
        check_after(|lock| lock.to_text()).unwrap();
        check_after(|lock| {
            let action = lock.actions.get_mut("github.issues.list").unwrap();
            action.effect = Effect::Write;
            action.title.push('!');
            lock.to_text()
        })
        .unwrap();
    }

    #[test]
    fn what_may_do_more_is_not_served() {
        let error = check_after(|lock| {
            let action = lock.actions.get_mut("github.labels.delete").unwrap();
            action.effect = Effect::Read;
            action.scopes.clear();
            lock.actions.remove("github.issues.list");
            lock.to_text()
        });
        let text = error.unwrap_err().to_string();
        for part in [
            "plugwright.lock` says: github.issues.list: action: is new, with effect read; ",
            "github.labels.delete: effect: is destructive, was read; ",
            "github.labels.delete: scopes: `repo or public_repo` is new",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_lock_that_can_not_be_read_is_named() {
        let error = check_after(|_| "version = 9".to_owned()).unwrap_err();
        assert!(matches!(error, ServeError::Lock { .. }), "{error}");
        let registry = Registry::default();
        let error = check(&registry, Path::new("no/such.lock")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`lock_file`: can't read `no/such.lock`: "),
            "{error}"
        );
    }
}
