//! Emails as they are written, and addresses as callers write them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mail_parser::{MessageParser, MimeHeaders as _};
use plugwright_gmail::{CONNECTOR, Composition, Mailbox, NewAttachment, Subject, sending};
use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{FileInput, json};

fn written(to: &[&str], subject: &str, composition: &Composition) -> Vec<u8> {
    let cx = MockContext::new(&CONNECTOR, [(200, json!({ "id": "1", "threadId": "2" }))]);
    let to: Vec<Mailbox> = to.iter().map(|to| to.parse().unwrap()).collect();
    let subject = Subject(subject.to_owned());
    block_on(sending::send(&cx, to, subject, composition.clone())).unwrap();
    let Some(RecordedBody::Json(message)) = cx.sent().remove(0).body else {
        panic!("the email is not sent in JSON");
    };
    URL_SAFE_NO_PAD
        .decode(message["raw"].as_str().unwrap())
        .unwrap()
}

fn composition() -> Composition {
    Composition {
        text: Some("Grüße, 漢字 😀\nand a second line".to_owned()),
        html: Some("<p>Grüße</p>".to_owned()),
        cc: Some(vec!["Zoë <zoe@example.com>".parse().unwrap()]),
        bcc: Some(vec!["eve@example.com".parse().unwrap()]),
        attachments: Some(vec![NewAttachment {
            name: "Übersicht \"2030\".pdf".to_owned(),
            content: FileInput::from_bytes("application/pdf", vec![0, 255, 13, 10, 7]),
            content_type: None,
        }]),
        ..Composition::default()
    }
}

#[test]
fn a_parser_of_mail_reads_what_was_written() {
    let bytes = written(
        &["Ada <ada@example.com>", "bob@example.com"],
        "Füße — 漢字",
        &composition(),
    );
    assert!(bytes.is_ascii());
    let message = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(message.subject(), Some("Füße — 漢字"));
    let to: Vec<_> = message
        .to()
        .unwrap()
        .iter()
        .map(|to| (to.name(), to.address()))
        .collect();
    assert_eq!(
        to,
        [
            (Some("Ada"), Some("ada@example.com")),
            (None, Some("bob@example.com"))
        ]
    );
    assert_eq!(message.cc().unwrap().first().unwrap().name(), Some("Zoë"));
    assert_eq!(
        message.bcc().unwrap().first().unwrap().address(),
        Some("eve@example.com")
    );
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text, composition().text.unwrap());
    assert_eq!(message.body_html(0).unwrap(), "<p>Grüße</p>");
    let attachment = message.attachment(0).unwrap();
    assert_eq!(attachment.attachment_name(), Some("Übersicht \"2030\".pdf"));
    assert_eq!(attachment.contents(), [0, 255, 13, 10, 7]);
    assert!(message.date().is_none() && message.message_id().is_none());
}

#[test]
fn the_same_call_writes_the_same_bytes() {
    let write = || written(&["ada@example.com"], "Hello", &composition());
    assert_eq!(write(), write());
}

#[test]
fn no_text_ends_its_part() {
    let call = plugwright_google::call_id("test");
    let text = format!("--_{call}.1\n--_{call}.1--\n--_{call}-00000000.1--");
    let composition = Composition {
        text: Some(text.clone()),
        ..composition()
    };
    let bytes = written(&["ada@example.com"], "Hello", &composition);
    let message = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), text);
    assert_eq!(message.attachment_count(), 1);
}

#[test]
fn no_header_can_be_slipped_in() {
    // The parameters' patterns refuse line breaks; what is written would not have them either.
    let mut composition = composition();
    composition.from = Some(Mailbox {
        name: Some("Ada\r\nX-Evil: 1".to_owned()),
        email: "ada@example.com".to_owned(),
    });
    let bytes = written(&["ada@example.com"], "Hello\r\nX-Evil: 2", &composition);
    let message = MessageParser::default().parse(&bytes).unwrap();
    assert!(message.header("X-Evil").is_none());
}

#[test]
fn an_address_may_have_a_name() {
    for (text, name, email) in [
        ("ada@example.com", None, "ada@example.com"),
        ("<ada@example.com>", None, "ada@example.com"),
        ("Ada <ada@example.com>", Some("Ada"), "ada@example.com"),
        (
            "\"Ada L.\" <ada@example.com>",
            Some("Ada L."),
            "ada@example.com",
        ),
    ] {
        let mailbox: Mailbox = text.parse().unwrap();
        assert_eq!((mailbox.name.as_deref(), &*mailbox.email), (name, email));
        assert_eq!(mailbox.to_string().parse(), Ok(mailbox));
    }
}
