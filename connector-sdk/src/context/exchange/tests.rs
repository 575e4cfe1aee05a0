use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use serde_json::json;

use super::*;
use crate::auth::{Auth, Credential};
use crate::graphql::Operation;
use crate::secret::REDACTED;
use crate::testing::{Canned, block_on};
use crate::{ActionResult, ConnectorDefinition, actions};

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("shop", "Shop", "1.0.0")
    .base_url("https://api.example.com")
    .auth(&[Auth::bearer_token("API token")])
    .actions(actions![]);

const TOKEN: &str = "S3cr3t-T0ken/with+chars=9x";

fn answered(status: u16, headers: HeaderMap, body: impl Into<String>) -> ActionContext {
    let body = body.into();
    let canned = Canned::new(move |_| Ok(Response::new(status, headers.clone(), body.clone())));
    ActionContext::builder(&CONNECTOR, Arc::new(canned))
        .credential(Credential::token(TOKEN))
        .build()
}

/// Everything that an error says.
fn said(error: &ActionError) -> String {
    format!("{error:?}")
}

#[test]
fn nothing_of_a_secret_stays_where_an_error_is_cut() {
    let text = format!("{} {TOKEN}", "x".repeat(276));
    for body in [
        json!({ "message": text }).to_string(),
        json!({ "errors": { "name": [text] } }).to_string(),
        json!({ "errors": [{ "field": "name", "message": text }] }).to_string(),
        json!({ "message": json!({ "message": text }).to_string() }).to_string(),
        format!("<html><title>{text}</title>"),
        text.replace('/', "%2F"),
    ] {
        let cx = answered(400, HeaderMap::new(), body.as_str());
        let error = block_on(cx.get("/x").send()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValidationError);
        let said = said(&error);
        assert!(
            said.contains("xxx [redacted]") && !said.contains("S3cr"),
            "{said}"
        );
    }
    let cx = answered(200, HeaderMap::new(), text.as_str());
    let error = block_on(cx.get("/x").fetch::<Value>()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    assert!(!said(&error).contains("S3cr"), "{error:?}");

    let failed = json!({ "errors": [{ "message": text }] }).to_string();
    let cx = answered(200, HeaderMap::new(), failed);
    let operation = Operation::new("query Task { task { title } }");
    let error = block_on(cx.graphql(operation).at("/task").fetch::<Value>()).unwrap_err();
    assert!(
        said(&error).contains(REDACTED) && !said(&error).contains("S3cr"),
        "{error:?}"
    );
}

#[test]
fn a_raw_answer_keeps_the_digits_of_its_numbers() {
    let body = r#"{"id":12345678901234567890123,"x":0.1234567890123456789}"#;
    let canned = Canned::new(move |_| Ok(Response::new(200, HeaderMap::new(), body)));
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(canned))
        .credential(Credential::token(TOKEN))
        .capture_raw(true)
        .build();
    block_on(cx.get("/x").send()).unwrap();
    let mut result = ActionResult::default();
    cx.complete(&mut result);
    assert_eq!(result.raw.unwrap().to_json(), body);
}

#[test]
fn an_error_whose_body_can_not_be_read_is_still_one() {
    let lost = || TransportError::Interrupted("reset".into());
    let undecodable = || TransportError::Undecodable("no gzip".into());
    let long = || TransportError::TooLarge { cap: 1 };
    for problem in [lost, undecodable, long] {
        for (status, code) in [
            (401, ErrorCode::AuthInvalid),
            (404, ErrorCode::NotFound),
            (429, ErrorCode::RateLimited),
        ] {
            let canned = Canned::new(move |_| {
                let pieces = [Ok(Bytes::from_static(b"ab")), Err(problem())];
                Ok(Response {
                    body: futures_util::stream::iter(pieces).boxed(),
                    ..Response::new(status, HeaderMap::new(), "")
                })
            });
            let cx = ActionContext::builder(&CONNECTOR, Arc::new(canned))
                .credential(Credential::token(TOKEN))
                .build();
            let error = block_on(cx.get("/x").send()).unwrap_err();
            assert_eq!(error.code(), code);
        }
    }
}

#[test]
fn nothing_of_a_secret_stays_in_the_name_of_a_file() {
    let wide = |bytes: [u8; 2]| format!("%{:02x}%{:02x}", bytes[0], bytes[1]);
    let wide: String = TOKEN
        .encode_utf16()
        .map(|unit| wide(unit.to_be_bytes()))
        .collect();
    let (start, end) = TOKEN.split_at(9);
    for written in [
        format!("=\"{TOKEN}.txt\""),
        format!("=\"{}.txt\"", TOKEN.replace('/', "%2F")),
        format!("=\"{}.txt\"", TOKEN.replace('3', "\\3")),
        format!(
            "=\"=?utf-8?Q?{}=2Etxt?=\"",
            TOKEN.replace('=', "=3D").replace('-', "=2D")
        ),
        format!(
            "=\"=?utf-8?Q?{start}?= =?utf-8?B?{}?=\"",
            STANDARD.encode(format!("{end}.txt"))
        ),
        format!("*=UTF-16BE''{wide}%00.%00t%00x%00t"),
        format!("*0=\"{start}\"; filename*1=\"{end}.txt\""),
        format!("=\"{start}\u{200b}{end}.txt\""),
        format!("*=UTF-8''{start}%e2%80%8b{end}.txt"),
    ] {
        let disposition = format!("attachment; filename{written}");
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_DISPOSITION,
            HeaderValue::from_bytes(disposition.as_bytes()).unwrap(),
        );
        let cx = answered(200, headers, "hello");
        let file = block_on(cx.get("/x").download()).unwrap();
        assert_eq!(
            file.name.as_deref(),
            Some("[redacted].txt"),
            "{disposition}"
        );
    }
    let file = FileContent {
        name: Some(format!("{TOKEN}.txt")),
        media_type: None,
        bytes: "hello".into(),
    };
    let cx = answered(200, HeaderMap::new(), "");
    let file = block_on(cx.return_file(file)).unwrap();
    assert_eq!(file.name.as_deref(), Some("[redacted].txt"));
}

#[test]
fn nothing_of_a_secret_stays_in_a_file_whose_base64_stays_valid() {
    let file = |bytes: &[u8]| FileContent {
        name: None,
        media_type: Some("text/plain; charset=utf-16le".to_owned()),
        bytes: bytes.to_vec().into(),
    };
    let cx = answered(200, HeaderMap::new(), "");
    let said = format!(r#"{{"k":"{}"}}"#, TOKEN.replace('/', r"\/"));
    let wide: Vec<u8> = said.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [said.as_bytes(), &wide] {
        let file = block_on(cx.return_file(file(bytes))).unwrap();
        let clean = STANDARD.encode(r#"{"k":"[redacted]"}"#);
        assert_eq!(
            file.content,
            Some(format!("data:text/plain;base64,{clean}"))
        );
        assert_eq!(
            (file.size, file.content_type.as_deref()),
            (18, Some("text/plain"))
        );
    }
    let image = [b"\x89PNG\xff ", TOKEN.as_bytes()].concat();
    let error = block_on(cx.return_file(file(&image))).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);

    let headers = [(CONTENT_TYPE, HeaderValue::from_static("text/html"))];
    let cx = answered(200, headers.into_iter().collect(), said);
    let file = block_on(cx.get("/x").download()).unwrap();
    assert_eq!(file.size, 18);
}
