use super::*;

const SECRET: &str = "hunter2-hunter2";

fn shop(name: &str) -> Value {
    json!({ "connector": "shop", "name": name, "credential": { "token": SECRET } })
}

fn path(connection: &Value) -> String {
    format!("/connections/{}", connection["id"].as_str().unwrap())
}

async fn names(api: &Api, query: &str) -> Vec<String> {
    let list = api.get(&format!("/connections{query}")).await.ok(200);
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let mark = if item["isDefault"] == true { "*" } else { "" };
            format!("{}{mark}", item["name"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_connection_is_tested_stored_and_never_shows_its_secret() {
    let api = Api::start().await;
    let reply = api.post("/connections", shop("work")).await;
    assert!(!reply.text.contains("hunter2"), "{}", reply.text);
    let made = reply.ok(201);
    let expected = json!({
        "id": made["id"],
        "connector": "shop",
        "organization": "default",
        "name": "work",
        "isDefault": true,
        "scheme": "bearer_token",
        "status": "active",
        "account": { "id": "7", "label": "owner of 15" },
        "settings": {},
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    });
    assert_eq!(made, expected);
    assert_eq!(api.changes(), 1);
    assert_eq!(api.get(&path(&made)).await.ok(200), made);
    let list = api
        .get("/connections?connector=shop&organization=default")
        .await;
    assert!(!list.text.contains("hunter2"));
    assert_eq!(list.ok(200)["items"], json!([made]));
    let reply = api.get("/connections?conector=shop").await;
    assert_eq!(
        reply.message(400, "VALIDATION_ERROR"),
        "`conector` is not a parameter; did you mean `connector`? \
         allowed: connector, organization, project, externalUserId"
    );
}

#[tokio::test]
async fn a_refused_credential_and_a_provider_that_is_away_store_nothing() {
    let api = Api::start().await;
    let body = |token: &str, test| json!({ "connector": "shop", "credential": { "token": token }, "test": test });
    let reply = api.post("/connections", body("refused", Value::Null)).await;
    reply.message(401, "AUTH_INVALID");
    let reply = api.post("/connections", body("away", json!(true))).await;
    reply.message(502, "UPSTREAM_UNREACHABLE");
    assert!(names(&api, "").await.is_empty());
    let made = api
        .post("/connections", body("away", json!(false)))
        .await
        .ok(201);
    assert_eq!(made["account"], Value::Null);
}

#[tokio::test]
async fn names_are_chosen_where_none_is_given_and_do_not_clash() {
    let api = Api::start().await;
    let unnamed = json!({ "connector": "shop", "credential": { "token": SECRET } });
    api.post("/connections", unnamed.clone()).await.ok(201);
    api.post("/connections", shop("default-2")).await.ok(201);
    let third = api.post("/connections", unnamed.clone()).await.ok(201);
    assert_eq!(third["name"], "default-3");
    let reply = api.post("/connections", shop("default")).await;
    assert_eq!(
        reply.message(409, "CONFLICT"),
        "`default` is in use: `shop` has a connection of that name in organization `default`"
    );
    let reply = api.patch(&path(&third), json!({ "name": "default" })).await;
    reply.message(409, "CONFLICT");
    // Another organization has names of its own.
    api.post("/organizations", json!({ "name": "acme" }))
        .await
        .ok(201);
    let mut theirs = unnamed;
    theirs["organization"] = json!("acme");
    let theirs = api.post("/connections", theirs).await.ok(201);
    assert_eq!(
        (&theirs["name"], &theirs["isDefault"]),
        (&json!("default"), &json!(true))
    );
    assert_eq!(names(&api, "?organization=acme").await, ["default*"]);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let api = Api::start().await;
    let body = json!({
        "connector": "desk",
        "nmae": "x",
        "name": "a b",
        "organization": "defualt",
        "default": "yes",
        "credential": { "fields": { "zone": "", "kee": SECRET } },
        "settings": { "sight": "eu", "files_url": "nowhere" },
        "test": true,
    });
    let reply = api.post("/connections", body).await;
    assert_eq!(
        reply.params(),
        [
            "nmae",
            "default",
            "organization",
            "name",
            "settings.sight",
            "settings.site",
            "settings.files_url",
            "test",
            "credential.fields.key",
            "credential.fields.kee",
            "credential.fields.zone",
        ]
    );
    assert!(!reply.text.contains("hunter2"), "{}", reply.text);
    let message = reply.message(400, "VALIDATION_ERROR");
    for part in [
        "`nmae` is not a parameter; did you mean `name`?",
        "`organization` names an unknown organization, `defualt`; did you mean `default`?",
        "`credential.fields.key` is missing (Key)",
        "`credential.fields.kee` is not a field; did you mean `key`?",
        "`test` can't be true: `desk` has no connection test",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let reply = api
        .post("/connections", json!({ "connector": "shp" }))
        .await;
    assert_eq!(
        reply.message(400, "VALIDATION_ERROR"),
        "`connector` names an unknown connector, `shp`; did you mean `shop`?"
    );
    assert!(names(&api, "").await.is_empty());
}

#[tokio::test]
async fn a_credential_must_be_one_that_the_connector_takes() {
    let api = Api::start().await;
    for (connector, credential) in [
        ("shop", json!(null)),
        ("shop", json!({ "username": "me", "password": SECRET })),
        ("shop", json!({ "tokn": SECRET })),
        ("shop", json!({ "token": [SECRET] })),
        ("shop", json!(SECRET)),
        ("shop", json!({ "token": "" })),
        ("shop", json!({ "token": format!("{SECRET}\n") })),
        ("shop", json!({ "token": format!("{SECRET}\r\nX: y") })),
        ("desk", json!({ "token": SECRET })),
        ("desk", json!({ "username": "", "password": "" })),
        ("desk", json!({ "username": "a:b", "password": SECRET })),
        ("desk", json!({ "fields": { "key": SECRET } })),
        (
            "desk",
            json!({ "fields": { "key": SECRET, "zone": "eu", "more": "x" } }),
        ),
    ] {
        let settings = match connector {
            "desk" => json!({ "site": "eu" }),
            _ => json!({}),
        };
        let body =
            json!({ "connector": connector, "credential": credential, "settings": settings });
        let reply = api.post("/connections", body).await;
        reply.message(400, "VALIDATION_ERROR");
        let params = reply.params();
        assert!(
            params.iter().all(|param| param.starts_with("credential")),
            "{credential}: {params:?}"
        );
        assert!(!reply.text.contains("hunter2"), "{}", reply.text);
    }
    let reply = api
        .post(
            "/connections",
            json!({ "connector": "desk", "settings": { "site": "eu" } }),
        )
        .await;
    assert_eq!(
        reply.message(400, "VALIDATION_ERROR"),
        r#"`credential` is missing: give {"username": "..", "password": ".."} or {"fields": {"zone": "..", "key": ".."}}, with strings as values"#
    );
    assert!(names(&api, "").await.is_empty());
}

#[tokio::test]
async fn each_scheme_has_its_form() {
    let api = Api::start().await;
    for (credential, scheme) in [
        (json!({ "username": SECRET, "password": "" }), "basic"),
        (
            json!({ "fields": { "zone": "eu", "key": SECRET } }),
            "custom",
        ),
    ] {
        let body =
            json!({ "connector": "desk", "credential": credential, "settings": { "site": "eu" } });
        let made = api.post("/connections", body).await.ok(201);
        assert_eq!(made["scheme"], scheme);
        assert_eq!(made["settings"], json!({ "site": "eu" }));
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let stored = api.state.store.connection(id).await.unwrap().unwrap();
        let opened = api.state.vault.open_sealed(id, &stored.secret).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&opened).unwrap(),
            credential
        );
    }
}

#[tokio::test]
async fn connectors_that_need_no_connection_or_oauth_say_so() {
    let api = Api::start().await;
    let reply = api
        .post(
            "/connections",
            json!({ "connector": "news", "credential": null }),
        )
        .await;
    let message = reply.message(400, "VALIDATION_ERROR");
    assert!(message.contains("needs no connection"), "{message}");
    let reply = api
        .post(
            "/connections",
            json!({ "connector": "mail", "credential": { "token": SECRET } }),
        )
        .await;
    let message = reply.message(400, "VALIDATION_ERROR");
    assert!(message.contains("plugwright connect"), "{message}");
    // Settings are a reason for a connection too.
    let body =
        json!({ "connector": "own-news", "settings": { "base_url": "https://news.acme.test" } });
    let made = api.post("/connections", body).await.ok(201);
    assert_eq!(made["scheme"], "none");
}

#[tokio::test]
async fn a_connection_is_renamed_made_the_default_and_deleted() {
    let api = Api::start().await;
    let first = api.post("/connections", shop("a")).await.ok(201);
    let second = api.post("/connections", shop("b")).await.ok(201);
    assert_eq!(names(&api, "").await, ["a*", "b"]);
    let changed = api
        .patch(&path(&second), json!({ "name": "c", "default": true }))
        .await
        .ok(200);
    assert_eq!(
        (&changed["name"], &changed["isDefault"]),
        (&json!("c"), &json!(true))
    );
    assert_eq!(names(&api, "").await, ["a", "c*"]);
    let reply = api
        .patch(
            &path(&second),
            json!({ "name": "", "settings": { "site": "eu" } }),
        )
        .await;
    assert_eq!(reply.params(), ["name", "settings.site"]);
    let before = api.changes();
    api.delete(&path(&second)).await.ok(204);
    assert_eq!(api.changes(), before + 1);
    assert_eq!(names(&api, "").await, ["a*"]);
    api.delete(&path(&second)).await.message(404, "NOT_FOUND");
    api.get(&path(&second)).await.message(404, "NOT_FOUND");
    api.post(
        "/connections",
        json!({ "connector": "shop", "default": true, "credential": { "token": "t" } }),
    )
    .await
    .ok(201);
    assert_eq!(names(&api, "").await, ["a", "default*"]);
    api.delete(&path(&first)).await.ok(204);
}

#[tokio::test]
async fn a_configured_base_url_takes_the_place_of_its_settings() {
    let api = Api::start().await;
    let made = |settings: Value| {
        let credential = json!({ "token": "t0ken" });
        json!({ "connector": "house", "credential": credential, "settings": settings })
    };
    let connection = api.post("/connections", made(json!({}))).await.ok(201);
    assert_eq!(connection["settings"], json!({}));
    let given = json!({ "base_url": "https://other.example.com" });
    let reply = api.post("/connections", made(given)).await;
    assert_eq!(
        reply.message(400, "VALIDATION_ERROR"),
        "`settings.base_url` is not needed: the configuration sets the base URL"
    );
}

#[tokio::test]
async fn settings_are_replaced_as_a_whole() {
    let api = Api::start().await;
    let body = json!({
        "connector": "desk",
        "credential": { "username": "me", "password": SECRET },
        "settings": { "site": "eu", "files_url": "https://files.test" }
    });
    let made = api.post("/connections", body).await.ok(201);
    let changed = api
        .patch(&path(&made), json!({ "settings": { "site": "us" } }))
        .await
        .ok(200);
    assert_eq!(changed["settings"], json!({ "site": "us" }));
    let reply = api.patch(&path(&made), json!({ "settings": {} })).await;
    assert_eq!(reply.params(), ["settings.site"]);
}

#[tokio::test]
async fn a_credential_is_replaced_once_the_provider_accepts_it() {
    let api = Api::start().await;
    let made = api.post("/connections", shop("a")).await.ok(201);
    let secret = format!("{}/credential", path(&made));
    let reply = api
        .put(&secret, json!({ "credential": { "token": "refused" } }))
        .await;
    reply.message(401, "AUTH_INVALID");
    assert_eq!(api.get(&path(&made)).await.ok(200), made);
    let reply = api
        .put(&secret, json!({ "credential": { "tokn": SECRET } }))
        .await;
    assert_eq!(reply.params(), ["credential"]);

    let token = json!({ "credential": { "token": "another" } });
    let changed = api.put(&secret, token).await.ok(200);
    assert_eq!(changed["account"]["label"], "owner of 7");
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let stored = api.state.store.connection(id).await.unwrap().unwrap();
    let opened = api.state.vault.open_sealed(id, &stored.secret).unwrap();
    assert_eq!(opened.as_slice(), br#"{"token":"another"}"#);
}

#[tokio::test]
async fn a_test_tells_whether_the_provider_still_accepts_the_credential() {
    let api = Api::start().await;
    let body = json!({ "connector": "shop", "credential": { "token": "refused" }, "test": false });
    let made = api.post("/connections", body).await.ok(201);
    assert_eq!(made["status"], "active");
    let test = format!("{}/test", path(&made));
    api.post(&test, json!(null))
        .await
        .message(401, "AUTH_INVALID");
    let now = api.get(&path(&made)).await.ok(200);
    assert_eq!(now["status"], "reauth_required");

    let body = json!({ "credential": { "token": "good" }, "test": false });
    let secret = format!("{}/credential", path(&made));
    let changed = api.put(&secret, body).await.ok(200);
    assert_eq!(
        (&changed["status"], &changed["account"]),
        (&json!("active"), &Value::Null)
    );
    let tested = api.post(&test, json!(null)).await.ok(200);
    assert_eq!(tested["account"]["label"], "owner of 4");

    let body = json!({
        "connector": "desk",
        "credential": { "username": "me", "password": SECRET },
        "settings": { "site": "eu" }
    });
    let desk = api.post("/connections", body).await.ok(201);
    let reply = api
        .post(&format!("{}/test", path(&desk)), json!(null))
        .await;
    assert_eq!(
        reply.message(400, "VALIDATION_ERROR"),
        "`desk` has no connection test"
    );
}
