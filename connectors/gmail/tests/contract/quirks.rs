//! Emails as people really write them, long ones, and files.

use std::sync::{Arc, Mutex};

use plugwright_gmail::CONNECTOR;
use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::testing::{Canned, MockContext, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{ActionContext, Credential, ErrorCode, Value, json, run};

use crate::action;

fn call(
    name: &str,
    input: Value,
    answers: impl IntoIterator<Item = (u16, Value)>,
) -> (Value, Vec<Value>) {
    let cx = MockContext::new(&CONNECTOR, answers);
    let output = block_on(run(action(name), &cx, input)).unwrap();
    let sent = cx.sent().into_iter().map(|request| match request.body {
        Some(RecordedBody::Json(body)) => body,
        _ => Value::Null,
    });
    let sent = sent.collect();
    (output.data.into_value(), sent)
}

/// An email as Gmail answers it in the format `full`.
fn email(headers: &[(&str, &str)], mut payload: Value) -> (u16, Value) {
    let headers = headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }));
    let own = payload["headers"].as_array().cloned().unwrap_or_default();
    payload["headers"] = headers.chain(own).collect();
    (
        200,
        json!({ "id": "1", "threadId": "2", "payload": payload }),
    )
}

fn got(headers: &[(&str, &str)], payload: Value) -> Value {
    let email = email(headers, payload);
    call("emails.get", json!({ "email_id": "1" }), [email]).0
}

#[test]
fn a_list_that_gmail_leaves_out_is_empty() {
    for (name, input) in [
        ("emails.list", json!({ "query": "subject:nothing" })),
        ("emails.list_ids", json!({})),
        ("drafts.list", json!({})),
        ("threads.list", json!({})),
        ("history.list", json!({ "start_history_id": "1" })),
        ("filters.list", json!({})),
    ] {
        let (output, _) = call(name, input, [(200, json!({ "resultSizeEstimate": 0 }))]);
        assert_eq!(output, json!([]), "{name}");
    }
}

#[test]
fn an_email_that_is_deleted_while_it_is_listed_is_left_out() {
    let listed =
        json!({ "messages": [{ "id": "1", "threadId": "1" }, { "id": "2", "threadId": "2" }] });
    let gone = json!({ "error": { "code": 404, "message": "Requested entity was not found." } });
    let answers = [(200, listed), (404, gone), (200, json!({ "id": "2" }))];
    let (output, _) = call("emails.list", json!({}), answers);
    assert_eq!(output.as_array().unwrap().len(), 1);
    assert_eq!(output[0]["id"], "2");
}

#[test]
fn headers_are_read_as_mail_programs_read_them() {
    let email = got(
        &[
            ("FROM", "=?utf-8?Q?Zo=C3=AB?= <zoe@example.net>"),
            (
                "To",
                "\"Lovelace, Ada\" <ada@example.com>, Team: bob@example.com, eve@example.com;",
            ),
            ("Subject", "=?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?8J+agA==?="),
            ("Date", "Tue, 5 Mar 2030 09:30:00 +0100 (CET)"),
            ("Message-Id", "<a@example.net>"),
            ("References", "<b@example.net>\r\n <c@example.net>"),
        ],
        json!({ "mimeType": "text/plain" }),
    );
    assert_eq!(email["from"], "Zoë <zoe@example.net>");
    assert_eq!(
        email["to"],
        json!([
            "Lovelace, Ada <ada@example.com>",
            "bob@example.com",
            "eve@example.com"
        ])
    );
    assert_eq!(email["subject"], "Grüße🚀");
    assert_eq!(email["date"], "2030-03-05T09:30:00+01:00");
    assert_eq!(email["message_id"], "a@example.net");
    assert_eq!(
        email["references"],
        json!(["b@example.net", "c@example.net"])
    );
}

#[test]
fn text_is_read_by_its_charset_and_html_stands_in_for_it() {
    let latin = json!({
        "mimeType": "text/plain",
        "headers": [{ "name": "Content-Type", "value": "text/plain; charset=iso-8859-1" }],
        // "Grüße" with two bytes beyond ASCII.
        "body": { "size": 5, "data": "R3L832U=" },
    });
    assert_eq!(got(&[], latin)["text"], "Grüße");

    // "<p>Tom &amp; Ada</p>"
    let html = json!({ "mimeType": "text/html", "body": { "size": 20, "data": "PHA-VG9tICZhbXA7IEFkYTwvcD4" } });
    let email = got(&[], html);
    assert_eq!(email["text"].as_str().unwrap().trim(), "Tom & Ada");
    assert!(email.get("html").is_none());
}

#[test]
fn what_is_a_file_is_listed_as_one() {
    let payload = json!({ "mimeType": "multipart/mixed", "parts": [
        { "mimeType": "text/plain", "filename": "", "body": { "size": 2, "data": "aGk" } },
        // A text that is attached, a long text that Gmail leaves out, a message, and an image in the HTML.
        { "mimeType": "text/plain", "filename": "notes.txt", "body": { "size": 3, "attachmentId": "A" } },
        { "mimeType": "text/html", "filename": "", "body": { "size": 9_000_000, "attachmentId": "B" } },
        { "mimeType": "message/rfc822", "filename": "fw.eml", "body": { "size": 9, "attachmentId": "C" },
          "parts": [{ "mimeType": "text/plain", "body": { "size": 2, "data": "bm8" } }] },
        { "mimeType": "image/png", "filename": "logo.png", "body": { "size": 7, "attachmentId": "D" },
          "headers": [{ "name": "Content-ID", "value": "<logo@example.com>" }] },
        { "mimeType": "application/pgp-signature", "filename": "", "body": { "size": 0 } },
    ] });
    let email = got(&[], payload);
    assert_eq!(email["text"], "hi");
    let files = email["attachments"].as_array().unwrap().iter();
    let ids: Vec<_> = files
        .map(|file| file["attachment_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["A", "B", "C", "D"]);
    assert_eq!(email["attachments"][3]["content_id"], "logo@example.com");
}

#[test]
fn an_email_without_anything_is_still_one() {
    let answer = (
        200,
        json!({ "id": "1", "internalDate": "x", "payload": {} }),
    );
    let (email, _) = call("emails.get", json!({ "email_id": "1" }), [answer]);
    assert_eq!(
        email,
        json!({
            "id": "1", "to": [], "cc": [], "bcc": [], "reply_to": [], "attachments": [],
            "label_ids": [], "references": [],
        })
    );
}

fn original(labels: &[&str], headers: &[(&str, &str)]) -> (u16, Value) {
    let headers = headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }));
    let payload = json!({ "headers": headers.collect::<Vec<_>>() });
    (
        200,
        json!({ "id": "1", "threadId": "T", "labelIds": labels, "payload": payload }),
    )
}

/// The reply that is sent, and the thread that it is put into.
fn replied(input: Value, answers: Vec<(u16, Value)>) -> (String, Value) {
    let sent_answer = (200, json!({ "id": "9", "threadId": "T" }));
    let (_, sent) = call(
        "emails.reply",
        input,
        answers.into_iter().chain([sent_answer]),
    );
    let sent = sent.last().unwrap();
    let raw = json!({ "id": "9", "raw": sent["raw"] });
    let (file, _) = call("emails.download", json!({ "email_id": "9" }), [(200, raw)]);
    let url = file["content"].as_str().unwrap().to_owned();
    let file = plugwright_sdk::FileInput::from_text(&url).unwrap();
    let cx = MockContext::new(&CONNECTOR, []);
    let bytes = block_on(cx.read_file(&file)).unwrap().bytes;
    (
        String::from_utf8(bytes.to_vec()).unwrap(),
        sent["threadId"].clone(),
    )
}

#[test]
fn a_reply_goes_where_the_author_wants_it_and_into_the_thread() {
    let headers = [
        ("From", "grace@example.org"),
        ("Reply-To", "list@example.org"),
        ("To", "Ada <ADA@example.com>, bob@example.com"),
        ("Cc", "list@example.org"),
        ("Subject", "RE: Plans"),
        ("Message-ID", "<m2@example.org>"),
        ("In-Reply-To", "<m1@example.org>"),
    ];
    let profile = (200, json!({ "emailAddress": "ada@example.com" }));
    let input =
        json!({ "email_id": "1", "text": "ok", "reply_all": true, "cc": ["eve@example.com"] });
    let (reply, thread) = replied(input, vec![original(&["INBOX"], &headers), profile]);
    assert_eq!(thread, "T");
    for line in [
        "To: list@example.org",
        "Cc: bob@example.com, eve@example.com",
        "Subject: RE: Plans",
        "In-Reply-To: <m2@example.org>",
        "References: <m1@example.org> <m2@example.org>",
    ] {
        let has = reply
            .lines()
            .any(|other| other.replace(['<', '>'], "") == line.replace(['<', '>'], ""));
        assert!(has, "{line} is not in {reply}");
    }
}

#[test]
fn a_reply_to_an_email_of_the_account_goes_to_its_recipients() {
    let headers = [
        ("From", "ada@example.com"),
        ("To", "grace@example.org"),
        ("Subject", "Plans"),
    ];
    let (reply, _) = replied(
        json!({ "email_id": "1", "text": "ok" }),
        vec![original(&["SENT"], &headers)],
    );
    assert!(
        reply.contains("To: ") && reply.contains("grace@example.org"),
        "{reply}"
    );
    assert!(reply.contains("Subject: Re: Plans\r\n"), "{reply}");
    assert!(!reply.contains("References:"), "{reply}");
}

#[test]
fn inputs_that_would_break_a_header_are_refused_unsent() {
    for (member, value) in [
        ("to", json!(["ada@example.com\r\nBcc: eve@example.com"])),
        ("to", json!(["ada"])),
        ("to", json!([])),
        ("subject", json!("Hello\r\nBcc: eve@example.com")),
        (
            "attachments",
            json!([{ "name": "a\r\nb", "content": "data:,a" }]),
        ),
    ] {
        let mut input = json!({ "to": ["ada@example.com"], "subject": "Hello", "text": "x" });
        input[member] = value;
        let cx = MockContext::new(&CONNECTOR, [(200, json!({}))]);
        let error = block_on(run(action("emails.send"), &cx, input)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValidationError, "{member}");
        assert!(cx.sent().is_empty(), "{member}");
    }
}

#[test]
fn a_long_email_is_uploaded() {
    let file = vec![7_u8; 5 << 20];
    let received = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&received);
    let session =
        "https://gmail.googleapis.com/resumable/upload/gmail/v1/users/me/messages/send?upload_id=1";
    let transport = Canned::new(move |request| {
        log.lock().unwrap().push(request.clone());
        let is_first = request.method == "POST";
        let headers = is_first.then(|| ("location".parse().unwrap(), session.parse().unwrap()));
        let body = if is_first {
            ""
        } else {
            r#"{"id":"1","threadId":"T"}"#
        };
        Ok(Response::new(200, headers.into_iter().collect(), body))
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .credential(Credential::token("token"))
        .attachment(
            "film.mp4",
            plugwright_sdk::host::FileSource::from_bytes(file),
        )
        .build();
    let input = json!({
        "to": ["ada@example.com"],
        "subject": "A film",
        "attachments": [{ "name": "film.mp4", "content": "attachment:film.mp4" }],
    });
    let sent = block_on(run(action("emails.send"), &cx, input)).unwrap();
    assert_eq!(sent.data.value()["id"], "1");
    let received = received.lock().unwrap();
    assert_eq!(
        received[0].url.as_str(),
        "https://gmail.googleapis.com/resumable/upload/gmail/v1/users/me/messages/send?uploadType=resumable"
    );
    assert_eq!(
        received[0].headers["x-upload-content-type"],
        "message/rfc822"
    );
    assert_eq!(received[0].body.bytes().unwrap(), "{}");
    let lengths = received[1..]
        .iter()
        .map(|request| request.body.bytes().unwrap().len());
    assert_eq!(
        lengths.sum::<usize>().to_string(),
        received[0].headers["x-upload-content-length"]
            .to_str()
            .unwrap()
    );
    let message = received[1].body.bytes().unwrap();
    assert!(message.starts_with(b"To: <ada@example.com>\r\n"));
}

#[test]
fn an_attachment_is_saved_with_the_name_that_is_given() {
    let input = json!({ "email_id": "1", "attachment_id": "A", "name": "../plan.pdf", "content_type": "application/pdf" });
    let (file, _) = call(
        "attachments.download",
        input,
        [(200, json!({ "size": 5, "data": "aGVsbG8" }))],
    );
    assert_eq!(
        file,
        json!({
            "name": "plan.pdf", "content_type": "application/pdf", "size": 5,
            "content": "data:application/pdf;base64,aGVsbG8=",
        })
    );
    let cx = MockContext::new(&CONNECTOR, [(200, json!({ "data": "***" }))]);
    let input = json!({ "email_id": "1", "attachment_id": "A" });
    let error = block_on(run(action("attachments.download"), &cx, input)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
}
