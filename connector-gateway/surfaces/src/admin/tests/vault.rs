use super::*;
use plugwright_store::vault::KeySource;

#[tokio::test]
async fn a_rotation_tells_what_it_did() {
    let directory = tempfile::tempdir().unwrap();
    let api = Api::start().await;
    let file = KeySource::File(directory.path().join("vault.key"));
    let mut state = api.state.clone();
    state.vault = Vault::open(file, &*state.store).await.unwrap();
    let api = Api::serve(state, api.changes).await;
    let body = json!({ "connector": "shop", "credential": { "token": "t" } });
    let made = api.post("/connections", body).await.ok(201);

    let rotation = api.post("/vault/rotate", json!(null)).await.ok(200);
    assert_eq!(rotation["keyId"], api.state.vault.key_id());
    assert_eq!(rotation["resealed"], 1);
    assert_eq!(rotation["unused"].as_array().unwrap().len(), 1);
    let path = format!("/connections/{}/test", made["id"].as_str().unwrap());
    api.post(&path, json!(null)).await.ok(200);
}

#[tokio::test]
async fn a_failure_of_the_vault_says_nothing_of_its_keys() {
    let api = Api::start().await;
    let reply = api.post("/vault/rotate", json!(null)).await;
    assert_eq!(
        reply.message(500, "INTERNAL_ERROR"),
        "the vault can't seal or open a secret"
    );
}
