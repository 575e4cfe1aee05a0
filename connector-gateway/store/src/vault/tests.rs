mod damage;

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::suite::{MOST, claim, connection};
use crate::{
    ClaimResult, ClaimStore as _, Connection, ConnectionFilter, ConnectionStore as _, OAuthClient,
    OAuthClientStore as _, SqliteStore, Timestamp,
};

/// A gateway's vault and store, whose process can end and start again.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("vault.key")
    }

    async fn store(&self) -> SqliteStore {
        SqliteStore::open(self.0.path().join("plugwright.db"))
            .await
            .unwrap()
    }

    async fn start(&self) -> (SqliteStore, Vault) {
        let store = self.store().await;
        let vault = Vault::open(KeySource::File(self.file()), &store)
            .await
            .unwrap();
        (store, vault)
    }

    async fn refusal(&self, source: KeySource) -> VaultError {
        Vault::open(source, &self.store().await).await.unwrap_err()
    }

    fn keys(&self) -> usize {
        let text = std::fs::read_to_string(self.file()).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).count()
    }
}

fn text(vault: &Vault) -> String {
    let text = vault.keys().to_text();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join(",")
}

async fn add(store: &SqliteStore, vault: &Vault, name: &str) -> Connection {
    let mut connection = connection(name);
    connection.secret = vault.seal(connection.id, name.as_bytes()).unwrap();
    store.create_connection(&connection).await.unwrap()
}

/// Checks that every connection's secret, which is its name, opens.
async fn all_open(store: &SqliteStore, vault: &Vault) -> usize {
    let connections = store
        .connections(&ConnectionFilter::default())
        .await
        .unwrap();
    for connection in &connections {
        let secret = vault
            .open_sealed(connection.id, &connection.secret)
            .unwrap();
        assert_eq!(secret.as_slice(), connection.name.as_bytes());
    }
    connections.len()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn the_first_start_makes_a_key_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let (store, vault) = place.start().await;
    let mode = std::fs::metadata(place.file())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    add(&store, &vault, "a").await;
    let (store, again) = place.start().await;
    assert_eq!(again.key_id(), vault.key_id());
    assert_eq!(all_open(&store, &again).await, 1);

    set_mode(&place.file(), 0o640);
    let error = place.refusal(KeySource::File(place.file())).await;
    assert_eq!(
        error.to_string(),
        format!(
            "the key file `{0}` can't be used: `{0}` is open to other users (mode 640); run `chmod 600 {0}`",
            place.file().display()
        )
    );
}

#[tokio::test]
async fn a_missing_key_is_refused_and_no_new_one_made() {
    let place = Place::new();
    place.start().await;
    std::fs::remove_file(place.file()).unwrap();
    let error = place.refusal(KeySource::File(place.file())).await;
    assert!(matches!(error, VaultError::KeyMissing(_)), "{error:?}");
    assert!(error.to_string().ends_with("an empty database"), "{error}");
    assert!(!place.file().exists());
}

#[tokio::test]
async fn a_key_file_that_is_no_text_is_told_what_it_must_hold() {
    let place = Place::new();
    place.start().await;
    std::fs::write(place.file(), [0xff; 32]).unwrap();
    let error = place.refusal(KeySource::File(place.file())).await;
    let message = error.to_string();
    assert!(message.contains("is not a text of keys: "), "{message}");
    assert!(
        message.contains("; a key is 32 bytes in base64"),
        "{message}"
    );
}

#[tokio::test]
async fn a_wrong_key_is_refused_by_its_id() {
    let place = Place::new();
    let (_, vault) = place.start().await;
    let other = Vault::ephemeral();
    let error = place.refusal(KeySource::Text(text(&other).into())).await;
    assert_eq!(
        error.to_string(),
        format!(
            "PLUGWRIGHT_VAULT_KEY holds the wrong key: the store was sealed with key {}, this is {}",
            vault.key_id(),
            other.key_id()
        )
    );
    // The right id with another key does not help either.
    let shown = format!(
        "{error:?} {vault:?} {:?}",
        KeySource::Text(text(&other).into())
    );
    assert!(
        !shown.contains(&text(&other)) && !shown.contains(&text(&vault)),
        "{shown}"
    );
}

#[tokio::test]
async fn a_key_file_that_holds_no_key_is_refused() {
    let place = Place::new();
    place.start().await;
    for content in [&b"hunter2-hunter2!"[..], b"", b"\xff\xfe"] {
        std::fs::write(place.file(), content).unwrap();
        let error = place.refusal(KeySource::File(place.file())).await;
        let refused = matches!(
            error,
            VaultError::Malformed { .. } | VaultError::KeyFile { .. }
        );
        assert!(refused, "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        assert_eq!(std::fs::read(place.file()).unwrap(), content);
    }
}

#[tokio::test]
async fn two_records_secrets_cannot_be_exchanged() {
    let vault = Vault::ephemeral();
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    let sealed = vault.seal(one, b"hunter2").unwrap();
    let error = vault.open_sealed(other, &sealed).unwrap_err();
    assert!(matches!(error, VaultError::Tampered), "{error:?}");
    let error = Vault::ephemeral().open_sealed(one, &sealed).unwrap_err();
    assert!(matches!(error, VaultError::UnknownKey(_)), "{error:?}");
    assert_ne!(vault.seal(one, b"hunter2").unwrap().bytes, sealed.bytes);
}

#[tokio::test]
async fn a_rotation_seals_everything_anew_and_the_old_key_leaves_at_the_next_start() {
    let place = Place::new();
    let (store, vault) = place.start().await;
    for index in 0..250 {
        add(&store, &vault, &format!("c{index}")).await;
    }
    let held = claim("k");
    store.claim(&held, MOST).await.unwrap();
    let outcome = vault.seal(held.run, b"done").unwrap();
    store.finish_claim(&held, &outcome).await.unwrap();

    let old = vault.key_id();
    let rotation = vault.rotate(&store).await.unwrap();
    assert_eq!(rotation.resealed, 251);
    assert_eq!(rotation.key_id, vault.key_id());
    assert_eq!(rotation.unused, std::slice::from_ref(&old));
    assert_ne!(rotation.key_id, old);
    assert_eq!(all_open(&store, &vault).await, 250);
    assert_eq!(place.keys(), 2);

    let (store, vault) = place.start().await;
    assert_eq!(place.keys(), 1);
    assert_eq!(vault.key_id(), rotation.key_id);
    assert_eq!(all_open(&store, &vault).await, 250);
    let ClaimResult::Finished { run, outcome, .. } = store.claim(&claim("k"), MOST).await.unwrap()
    else {
        panic!("the outcome is kept");
    };
    assert_eq!(
        vault.open_sealed(run, &outcome).unwrap().as_slice(),
        b"done"
    );
    let check = store.key_check().await.unwrap().unwrap();
    assert_eq!(check.key_id, rotation.key_id);
}

#[tokio::test]
async fn an_interrupted_rotation_loses_nothing() {
    for steps in 0..4 {
        let place = Place::new();
        let (store, vault) = place.start().await;
        add(&store, &vault, "a").await;
        add(&store, &vault, "b").await;
        if steps > 0 {
            vault.renew().await.unwrap();
            add(&store, &vault, "c").await;
        }
        if steps == 2 {
            let some = store
                .sealed_with_other_keys(&vault.key_id(), 1)
                .await
                .unwrap();
            let record = some[0].record.as_ref().unwrap();
            assert!(vault.reseal(&store, record).await.unwrap());
        }
        if steps == 3 {
            vault.reseal_all(&store).await.unwrap();
        }
        drop((store, vault));

        let (store, vault) = place.start().await;
        let connections = all_open(&store, &vault).await;
        assert_eq!(connections, if steps == 0 { 2 } else { 3 });
        vault.rotate(&store).await.unwrap();
        all_open(&store, &vault).await;
        let (store, vault) = place.start().await;
        assert_eq!(all_open(&store, &vault).await, connections);
        assert_eq!(place.keys(), 1, "after {steps} steps");
    }
}

#[tokio::test]
async fn a_key_file_that_was_half_written_does_no_harm() {
    let place = Place::new();
    let (store, vault) = place.start().await;
    add(&store, &vault, "a").await;
    std::fs::write(place.0.path().join("vault.key.new"), "half a k").unwrap();
    vault.rotate(&store).await.unwrap();
    let (store, vault) = place.start().await;
    assert_eq!(all_open(&store, &vault).await, 1);
}

#[tokio::test]
async fn a_secret_sealed_before_a_rotation_and_stored_after_it_is_not_lost() {
    let place = Place::new();
    let (store, vault) = place.start().await;
    let mut late = connection("late");
    late.secret = vault.seal(late.id, b"late").unwrap();
    vault.rotate(&store).await.unwrap();
    store.create_connection(&late).await.unwrap();

    let (store, vault) = place.start().await;
    assert_eq!(place.keys(), 2, "the old key is still needed");
    assert_eq!(all_open(&store, &vault).await, 1);
    assert_eq!(vault.rotate(&store).await.unwrap().resealed, 1);
    let (store, vault) = place.start().await;
    assert_eq!(place.keys(), 1);
    assert_eq!(all_open(&store, &vault).await, 1);
}

#[tokio::test]
async fn connections_change_while_keys_rotate() {
    let place = Place::new();
    let (store, vault) = place.start().await;
    let mut connections = Vec::new();
    for index in 0..20 {
        connections.push(add(&store, &vault, &format!("c{index}")).await);
    }
    let change = async {
        let mut refused = 0;
        for round in 0..5 {
            for connection in &connections {
                let mut now = store.connection(connection.id).await.unwrap().unwrap();
                now.name = format!("{}-{round}", connection.name);
                now.secret = vault.seal(now.id, now.name.as_bytes()).unwrap();
                refused += usize::from(store.update_connection(&now).await.is_err());
            }
        }
        refused
    };
    let rotate = async {
        for _ in 0..3 {
            vault.rotate(&store).await.unwrap();
        }
    };
    let (refused, ()) = tokio::join!(change, rotate);
    assert!(refused < 100, "no change came through");
    assert_eq!(all_open(&store, &vault).await, 20);
    vault.rotate(&store).await.unwrap();
    let (store, vault) = place.start().await;
    assert_eq!(all_open(&store, &vault).await, 20);
    assert_eq!(place.keys(), 1);
}

#[tokio::test]
async fn keys_of_the_environment_rotate_to_the_first() {
    let place = Place::new();
    let store = place.store().await;
    let (old, new) = (Vault::ephemeral(), Vault::ephemeral());
    let from = |texts: &[String]| KeySource::Text(texts.join(",").into());
    let vault = Vault::open(from(&[text(&old)]), &store).await.unwrap();
    add(&store, &vault, "a").await;

    let vault = Vault::open(from(&[text(&new), text(&old)]), &store)
        .await
        .unwrap();
    // Without a rotation, the old key is still needed.
    let error = place.refusal(from(&[text(&new)])).await;
    assert!(matches!(error, VaultError::WrongKey { .. }), "{error:?}");
    let rotation = vault.rotate(&store).await.unwrap();
    assert_eq!(rotation.key_id, new.key_id());
    assert_eq!(rotation.unused, [old.key_id()]);
    assert_eq!(rotation.resealed, 1);
    let vault = Vault::open(from(&[text(&new)]), &store).await.unwrap();
    assert_eq!(all_open(&store, &vault).await, 1);
    let error = place.refusal(from(&[text(&old)])).await;
    assert!(matches!(error, VaultError::WrongKey { .. }), "{error:?}");
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_what_was_changed_does_not(
        secret: Vec<u8>,
        record: [u8; 16],
        change: prop::sample::Index,
        bit in 0..8u8,
    ) {
        let vault = Vault::ephemeral();
        let record = Uuid::from_bytes(record);
        let mut sealed = vault.seal(record, &secret).unwrap();
        let opened = vault.open_sealed(record, &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), &secret);
        let index = change.index(sealed.bytes.len());
        sealed.bytes[index] ^= 1 << bit;
        prop_assert!(vault.open_sealed(record, &sealed).is_err());
    }

    #[test]
    fn no_bytes_make_opening_panic(bytes: Vec<u8>) {
        let vault = Vault::ephemeral();
        let sealed = Sealed { key_id: vault.key_id(), bytes };
        prop_assert!(vault.open_sealed(Uuid::nil(), &sealed).is_err());
    }
}
