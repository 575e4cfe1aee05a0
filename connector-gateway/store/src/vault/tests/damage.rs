//! Records that do not open, or can't be read.

use super::*;

#[tokio::test]
async fn a_rotation_goes_past_what_does_not_open_and_names_it() {
    let place = Place::new();
    let (store, vault) = place.start().await;
    let old = vault.key_id();
    let mut names = Vec::new();
    // More than one batch, before and between those that open.
    for index in 0..250 {
        let mut damaged = connection(&format!("damaged-{index}"));
        let unknown = Vault::ephemeral();
        let sealed_by = if index % 2 == 0 { &vault } else { &unknown };
        damaged.secret = sealed_by.seal(Uuid::new_v4(), b"of another").unwrap();
        store.create_connection(&damaged).await.unwrap();
        names.push(format!("connection {}", damaged.id));
        if index % 50 == 0 {
            add(&store, &vault, &format!("good-{index}")).await;
        }
    }
    let held = claim("k");
    store.claim(&held, MOST).await.unwrap();
    let outcome = vault.seal(Uuid::new_v4(), b"done").unwrap();
    store.finish_claim(&held, &outcome).await.unwrap();
    names.push(format!("the outcome of run {}", held.run));
    let client = OAuthClient {
        id: Uuid::new_v4(),
        connector: "github".to_owned(),
        provider_config: None,
        client_id: "client".to_owned(),
        secret: Some(vault.seal(Uuid::new_v4(), b"of another").unwrap()),
        updated_at: Timestamp::now(),
    };
    store.put_oauth_client(&client).await.unwrap();
    names.push(format!("OAuth client {}", client.id));

    let rotation = vault.rotate(&store).await.unwrap();
    assert_eq!(rotation.resealed, 5);
    assert_eq!(rotation.damaged_count, names.len() as u64);
    let mut damaged = rotation.damaged;
    damaged.sort();
    names.sort();
    assert_eq!(damaged, names);
    // Some of them claim to be sealed with it.
    assert_eq!(rotation.unused, Vec::<String>::new());
    assert_eq!(
        store.key_check().await.unwrap().unwrap().key_id,
        vault.key_id()
    );
    let again = vault.rotate(&store).await.unwrap();
    assert_eq!((again.resealed, again.damaged.len()), (5, names.len()));
    let (_, vault) = place.start().await;
    assert!(
        vault.keys().find(&old).is_some(),
        "what is damaged may be restored"
    );

    let error = Vault::ephemeral().rotate(&store).await.unwrap_err();
    assert!(matches!(error, VaultError::NotRotatable), "{error:?}");
}

#[tokio::test]
async fn a_rotation_passes_any_number_of_rows_that_cannot_be_read() {
    let place = Place::new();
    let (store, vault) = place.start().await;
    let old = vault.key_id();
    for index in 0..350 {
        add(&store, &vault, &format!("unreadable-{index}")).await;
    }
    let database = place.0.path().join("plugwright.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let other = sqlx::SqlitePool::connect_with(options).await.unwrap();
    for damage in [
        "UPDATE connections SET id = CAST(name AS BLOB)",
        "UPDATE connections SET key_id = CAST(x'ff' AS TEXT) WHERE name = 'unreadable-7'",
    ] {
        sqlx::raw_sql(damage).execute(&other).await.unwrap();
    }
    other.close().await;
    let mut good = Vec::new();
    for index in 0..5 {
        good.push(add(&store, &vault, &format!("good-{index}")).await);
    }

    let rotation = vault.rotate(&store).await.unwrap();
    assert_eq!((rotation.resealed, rotation.damaged_count), (5, 350));
    assert_eq!(rotation.damaged.len(), 350);
    assert_eq!(rotation.unused, Vec::<String>::new());
    let (store, vault) = place.start().await;
    assert!(vault.keys().find(&old).is_some(), "a row may be restored");
    for connection in good {
        let stored = store.connection(connection.id).await.unwrap().unwrap();
        assert_eq!(stored.secret.key_id, vault.key_id());
        vault.open_sealed(stored.id, &stored.secret).unwrap();
    }
}

#[tokio::test]
async fn a_damaged_record_does_not_keep_the_gateway_from_starting() {
    let place = Place::new();
    let (store, vault) = place.start().await;
    let good = add(&store, &vault, "good").await;
    for sealed in [
        Vault::ephemeral()
            .seal(Uuid::new_v4(), b"of another key")
            .unwrap(),
        Sealed {
            key_id: vault.key_id(),
            bytes: vec![1, 2, 3],
        },
        Sealed {
            key_id: String::new(),
            bytes: Vec::new(),
        },
    ] {
        let mut damaged = connection(&format!("damaged-{}", sealed.bytes.len()));
        damaged.secret = sealed;
        store.create_connection(&damaged).await.unwrap();
    }
    let (store, vault) = place.start().await;
    let stored = store.connection(good.id).await.unwrap().unwrap();
    let opened = vault.open_sealed(good.id, &stored.secret).unwrap();
    assert_eq!(opened.as_slice(), b"good");
    let filter = ConnectionFilter::default();
    for damaged in store.connections(&filter).await.unwrap() {
        if damaged.id != good.id {
            assert!(vault.open_sealed(damaged.id, &damaged.secret).is_err());
        }
    }
    // The key of all others is still rejected.
    let error = place
        .refusal(KeySource::Text(text(&Vault::ephemeral()).into()))
        .await;
    assert!(matches!(error, VaultError::WrongKey { .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_check_is_made_anew_if_the_key_is_right() {
    for (key_id, bytes) in [(None, vec![1, 2, 3]), (Some("garbled"), vec![])] {
        let place = Place::new();
        let (store, vault) = place.start().await;
        add(&store, &vault, "a").await;
        let check = store.key_check().await.unwrap().unwrap();
        let record = crate::SealedRecord {
            place: crate::SealedPlace::Check,
            before: check,
        };
        let damaged = Sealed {
            key_id: key_id.map_or_else(|| vault.key_id(), str::to_owned),
            bytes,
        };
        assert!(store.reseal(&record, &damaged).await.unwrap());
        let error = place
            .refusal(KeySource::Text(text(&Vault::ephemeral()).into()))
            .await;
        assert!(matches!(error, VaultError::WrongKey { .. }), "{error:?}");
        let (store, again) = place.start().await;
        assert_eq!(again.key_id(), vault.key_id());
        assert_eq!(all_open(&store, &again).await, 1);
        let check = store.key_check().await.unwrap().unwrap();
        assert_eq!(check.key_id, vault.key_id());
    }
}
