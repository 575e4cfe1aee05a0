//! Bodies of several parts.

use crate::method_override::{Counts, Override, judge};

use super::json;

/// Media types of parts that are requests of their own, as those of a batch are.
const REQUESTS: [&[u8]; 2] = [b"application/http", b"message/http"];

/// Returns whether a part is said to be an HTTP request.
pub(super) fn has_requests(body: &[u8]) -> bool {
    pieces(body).any(|piece| {
        let head = &piece[..position(piece, b"\r\n\r\n").unwrap_or(piece.len())];
        let kind = position(head, b"content-type").map(|start| &head[start..]);
        kind.is_some_and(|kind| REQUESTS.iter().any(|it| position(kind, it).is_some()))
    })
}

/// Looks through the JSON in parts that are no files.
pub(super) fn find_in_values(body: &[u8], counts: Counts<'_>) -> Option<Override> {
    pieces(body).find_map(|piece| {
        // Programs disagree about where a head ends.
        [&b"\r\n\r\n"[..], b"\n\n"].into_iter().find_map(|blank| {
            let (head, value) = piece.split_at(position(piece, blank)?);
            if position(head, b"content-").is_none() || is_file(head) {
                return None;
            }
            json::find_in_value(&String::from_utf8_lossy(value), counts)
        })
    })
}

/// Returns what stands between lines that begin as those between parts do.
fn pieces(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let is_end = |bytes: &[u8]| matches!(bytes, [b'\r' | b'\n', b'-', b'-']);
        let end = text.windows(3).position(is_end);
        rest = end.map(|end| &text[end + 3..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// Returns whether a part is a file by its head, which is as the SDK writes it: what another one says,
/// programs may read in another way.
fn is_file(head: &[u8]) -> bool {
    const BEGINNING: &str = "\r\nContent-Disposition: form-data; name=\"";
    let head = String::from_utf8_lossy(head);
    let lower = head.to_ascii_lowercase();
    let file_name = head
        .split_once(BEGINNING)
        .and_then(|(_, named)| named.split_once("\"; filename=\""));
    lower.matches("content-disposition").count() == 1
        && file_name.is_some_and(|(name, rest)| !name.contains('"') && !rest.starts_with('"'))
}

/// Looks through the names of the parts of a `multipart/form-data` body. Programs disagree about
/// where a part begins, how its header goes on in the next line and what may be left out, so a
/// name is looked for wherever one of them may see it.
pub(super) fn find(body: &[u8], counts: Counts<'_>) -> Option<Override> {
    const HEADER: &[u8] = b"content-disposition";
    let mut rest = body;
    while let Some(start) = position(rest, HEADER) {
        rest = &rest[start + HEADER.len()..];
        let end = position(rest, b"\r\n\r\n");
        let (head, content) = rest.split_at(end.unwrap_or(rest.len()));
        let value = content.trim_ascii_start();
        let value = String::from_utf8_lossy(&value[..value.len().min(16)]);
        let value = value.split(['\r', '\n']).next();
        if let Some(found) = find_in_head(head, value, counts) {
            return Some(found);
        }
        rest = content;
    }
    None
}

fn find_in_head(head: &[u8], value: Option<&str>, counts: Counts<'_>) -> Option<Override> {
    const NAME: &[u8] = b"name";
    let mut rest = head;
    while let Some(start) = position(rest, NAME) {
        let before = start.checked_sub(1).map(|at| rest[at]);
        rest = &rest[start + NAME.len()..];
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        let is_mark = |byte: &u8| byte.is_ascii_digit() || *byte == b'*';
        let marks = rest.iter().take_while(|byte| is_mark(byte)).count();
        let Some(written) = rest[marks..].trim_ascii_start().strip_prefix(b"=") else {
            continue;
        };
        let name = unquoted(written.trim_ascii_start());
        let name = String::from_utf8_lossy(&name);
        // In front of an extended value are its charset and language (RFC 8187, section 3.2).
        let name = if rest[..marks].contains(&b'*') {
            name.rsplit('\'').next().unwrap_or_default()
        } else {
            &name
        };
        // The name may go on in another parameter (RFC 2231, section 3).
        let goes_on = rest[..marks].iter().any(u8::is_ascii_digit);
        let found = if goes_on {
            Some(Override::Name(name.to_owned())).filter(counts)
        } else {
            judge(name, value, counts)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Returns the value at the start of a text, with each escaped character as itself.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b";,=\"".contains(byte);
        return text
            .iter()
            .copied()
            .take_while(|byte| !ends(byte))
            .collect();
    };
    let mut plain = Vec::new();
    let mut bytes = quoted.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => plain.extend(bytes.next()),
            byte => plain.push(byte),
        }
    }
    plain
}

/// Finds a text, in any case.
fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut windows = text.windows(wanted.len());
    windows.position(|window| window.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::super::tests::problem;

    #[test]
    fn finds_names_of_parts_however_they_are_written() {
        let kind = "multipart/form-data; boundary=x";
        for head in [
            "Content-Disposition: form-data; name=\"_method\"",
            "Content-Disposition: form-data; name=_method",
            "Content-Disposition: form-data;\r\n name=\"_method\"",
            "Content-Disposition : form-data; name=\"_method\"",
            "content-disposition: form-data; NAME = \"_meth\\od\"",
            "Content-Disposition: form-data; name*=utf-8''%5Fmethod",
            "Content-Disposition: form-data; name*0=_met; name*1=hod",
            "Content-Disposition: form-data; filename=\"name=a\"; name=\"_method\"",
            "Content-Disposition: form-data; name=\"method\"",
            &format!(
                "Content-Disposition: form-data; x={}; name=_method",
                "a".repeat(1100)
            ),
        ] {
            let body = format!("{{\r\n--x\r\n{head}\r\n\r\nDELETE\r\n--x--");
            assert!(problem(kind, &body).is_some(), "{body}");
        }
        let body = "--x\r\nContent-Disposition: form-data; name=\"method\"; filename=\"_method\"\r\n\r\n\
                    name=\"_method\"\r\n--x--";
        assert_eq!(problem(kind, body), None);
    }

    #[test]
    fn finds_requests_in_parts() {
        let part = "--x\r\nContent-Type: application/http\r\nContent-ID: <1>\r\n\r\n\
                    DELETE /gmail/v1/users/me/messages/123 HTTP/1.1\r\n\r\n\r\n--x--";
        let changes = format!(
            "--y\nContent-Type: multipart/mixed; boundary=x\n\n{}\n--y--",
            part.replace("\r\n", "\n")
        );
        let folded = part.replace(
            "Type: application/http",
            "type :\r\n message/HTTP; version=1.1",
        );
        for kind in [
            "multipart/mixed; boundary=x",
            "multipart/batch; boundary=x",
            "multipart/form-data",
        ] {
            for body in [part, &changes, &folded] {
                assert!(problem(kind, body).is_some(), "{kind}: {body}");
            }
        }
        let said = "--x\r\nContent-Type: text/plain\r\n\r\nContent-Type: application/http\r\n--x--";
        assert_eq!(problem("multipart/mixed; boundary=x", said), None);
    }

    #[test]
    fn finds_batches_in_parts_that_are_no_files() {
        let kind = "multipart/form-data; boundary=x";
        let body = |head: &str, value: &str| format!("--x\r\n{head}\r\n\r\n{value}\r\n--x--\r\n");
        let batch = "[{\"method\":\"DELETE\",\"relative_url\":\"1\"}]";
        for head in [
            "Content-Disposition: form-data; name=\"batch\"",
            "Content-Disposition: form-data; name=batch\r\nContent-Type: application/json",
            "Content-Disposition: form-data; name=\"batch\"\r\nX: \"; filename=\"a\"",
            "Content-Disposition: form-data; name=\"batch\"; filename=\"\"",
            "Content-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\
             Content-Disposition: form-data; name=\"batch\"",
            "Content-Disposition: form-data; name=\"batch\"\n\nX: y",
        ] {
            let body = body(head, batch);
            assert!(problem(kind, &body).is_some(), "{body}");
        }
        let field = "Content-Disposition: form-data; name=\"batch\"";
        let lines = body(field, batch).replace("\r\n", "\n");
        assert!(problem(kind, &lines).is_some(), "{lines}");
        let file = "Content-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\
                    Content-Type: application/json";
        for body in [
            body(file, batch),
            body(field, "[{\"method\":\"POST\"}]"),
            body(field, "[DELETE]"),
        ] {
            assert_eq!(problem(kind, &body), None, "{body}");
        }
    }
}
