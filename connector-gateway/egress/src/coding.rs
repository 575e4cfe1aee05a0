//! Content codings of answers (RFC 9110, section 8.4.1).

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_compression::tokio::bufread::GzipDecoder;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream};
use futures_util::{StreamExt as _, TryStreamExt as _, future};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use plugwright_sdk::transport::{Response, TransportError};
use tokio_util::io::{ReaderStream, StreamReader};

/// What requests say they take.
pub(crate) const ACCEPTED: &str = "gzip";
/// What bodies are labelled with that are as they are: charsets and the like, as some servers take the header
/// for something else, and what HTTP takes off itself.
const PLAIN: [&[u8]; 10] = [
    b"",
    b"identity",
    b"none",
    b"utf-8",
    b"utf8",
    b"binary",
    b"7bit",
    b"8bit",
    b"aws-chunked",
    b"chunked",
];
/// Pieces of a decompressed body are at most this long.
const PIECE: usize = 16 << 10;
/// A compressed body may be longer than twice what it stands for by so many bytes.
const EXCESS: u64 = 256 << 10;

type Body = BoxStream<'static, Result<Bytes, TransportError>>;

/// Makes an answer's body what it was before it was compressed. One that is written in any other way
/// than was asked for is an error once it is read.
pub(crate) fn decoded(mut answer: Response) -> Response {
    match Coding::of(&answer.headers) {
        Coding::None => {}
        Coding::Gzip => {
            answer.headers.remove(CONTENT_ENCODING);
            answer.headers.remove(CONTENT_LENGTH);
            answer.body = decompressed(answer.body);
        }
        Coding::Other => answer.body = refused(answer.body),
    }
    answer
}

#[derive(Debug, PartialEq, Eq)]
enum Coding {
    None,
    Gzip,
    Other,
}

impl Coding {
    fn of(headers: &HeaderMap) -> Self {
        let mut coding = Self::None;
        let values = headers.get_all(CONTENT_ENCODING).into_iter();
        for value in values.chain(headers.get_all(TRANSFER_ENCODING)) {
            for name in value.as_bytes().split(|byte| *byte == b',') {
                let name = name.trim_ascii().to_ascii_lowercase();
                coding = match (&*name, coding) {
                    (name, coding) if PLAIN.contains(&name) => coding,
                    (b"gzip" | b"x-gzip", Self::None) => Self::Gzip,
                    _ => Self::Other,
                };
            }
        }
        coding
    }
}

/// Decompresses all members of a body (RFC 1952, section 2.2). An empty one stays empty, as answers
/// without content may name a coding.
fn decompressed(body: Body) -> Body {
    let reading = async move {
        let mut body = written(body).peekable();
        if std::pin::Pin::new(&mut body).peek().await.is_none() {
            return stream::empty().boxed();
        }
        let length = Arc::new(AtomicU64::new(0));
        let body = worthwhile(body, Arc::clone(&length));
        let reader = StreamReader::new(body.map_err(io::Error::other));
        let mut decoder = GzipDecoder::new(reader);
        decoder.multiple_members(true);
        let pieces = ReaderStream::with_capacity(decoder, PIECE).map_err(broken);
        let counted = pieces.inspect_ok(move |piece| {
            length.fetch_add(piece.len() as u64, Ordering::Relaxed);
        });
        counted.boxed()
    };
    stream::once(reading).flatten().boxed()
}

/// Ends a body that is much longer than what it stands for, of which `length` is known so far.
/// Otherwise one of empty members would never be too long.
fn worthwhile(
    body: impl Stream<Item = Result<Bytes, TransportError>>,
    length: Arc<AtomicU64>,
) -> impl Stream<Item = Result<Bytes, TransportError>> {
    let mut arrived = 0;
    body.and_then(move |piece| {
        // When a piece is asked for, those before it were decompressed.
        let before = arrived;
        arrived += piece.len() as u64;
        let most = EXCESS + 2 * length.load(Ordering::Relaxed);
        future::ready(if before <= most {
            Ok(piece)
        } else {
            let problem = "it is much longer than its decompressed content";
            Err(TransportError::Undecodable(problem.into()))
        })
    })
}

fn refused(body: Body) -> Body {
    let pieces = written(body).and_then(|_| {
        let problem = "its content coding is not supported; only gzip was requested";
        future::err(TransportError::Undecodable(problem.into()))
    });
    pieces.boxed()
}

/// Returns the pieces that have bytes in them.
fn written(body: Body) -> Body {
    body.try_filter(|piece| future::ready(!piece.is_empty()))
        .boxed()
}

/// Tells a body that broke off from bytes that make no sense.
fn broken(error: io::Error) -> TransportError {
    let is_cut = error.kind() == ErrorKind::UnexpectedEof;
    match error.downcast::<TransportError>() {
        Ok(own) => own,
        Err(error) if is_cut => TransportError::Interrupted(error.into()),
        Err(error) => TransportError::Undecodable(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    async fn read(
        coding: &'static str,
        body: &[u8],
        size: usize,
    ) -> Result<String, TransportError> {
        let mut answer = Response::new(200, HeaderMap::new(), Bytes::new());
        answer
            .headers
            .insert(CONTENT_ENCODING, coding.parse().unwrap());
        let pieces: Vec<_> = body
            .chunks(size)
            .map(|piece| Ok(piece.to_vec().into()))
            .collect();
        answer.body = stream::iter(pieces).boxed();
        let body = decoded(answer).read(1 << 20).await?;
        Ok(String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn all_members_of_gzip_are_read_by_each_of_its_names() {
        let members = [gzip("one "), gzip(""), gzip("two")].concat();
        for coding in ["gzip", "GZIP", "x-gzip", "identity, gzip"] {
            for size in [1, 7, 4096] {
                assert_eq!(read(coding, &members, size).await.unwrap(), "one two");
            }
            assert_eq!(read(coding, b"", 1).await.unwrap(), "");
        }
        for coding in ["identity", "utf-8", "none", "binary", "aws-chunked"] {
            assert_eq!(read(coding, b"plain", 2).await.unwrap(), "plain");
        }
        let packed = gzip("one");
        assert_eq!(read("aws-chunked,gzip", &packed, 64).await.unwrap(), "one");
        let mut answer = Response::new(200, HeaderMap::new(), packed);
        let coding = "gzip, chunked".parse().unwrap();
        answer.headers.insert(TRANSFER_ENCODING, coding);
        assert_eq!(decoded(answer).read(64).await.unwrap(), "one");
    }

    #[tokio::test]
    async fn what_cannot_be_decompressed_is_no_text() {
        let body = gzip("hello");
        for coding in ["br", "deflate", "gzip, gzip", "gzip, br"] {
            let error = read(coding, &body, 64).await.unwrap_err();
            assert!(
                matches!(error, TransportError::Undecodable(_)),
                "{coding}: {error}"
            );
            assert_eq!(read(coding, b"", 1).await.unwrap(), "");
        }
        let trailed = [&body[..], b"more"].concat();
        assert!(read("gzip", &trailed, 64).await.is_err());
        let error = read("gzip", &body[..body.len() - 1], 64).await.unwrap_err();
        assert!(matches!(error, TransportError::Interrupted(_)), "{error}");
    }

    #[tokio::test]
    async fn a_body_that_says_next_to_nothing_is_given_up() {
        let member = gzip("");
        let empty = member.repeat(1000);
        assert_eq!(read("gzip", &empty, 4096).await.unwrap(), "");
        // Empty blocks, each with a flush.
        let stored = [&member[..10], &[0, 0, 0, 0xff, 0xff].repeat(100_000)].concat();
        for body in [member.repeat(20_000), stored] {
            let error = read("gzip", &body, 4096).await.unwrap_err();
            let is_given_up = matches!(error, TransportError::Undecodable(_));
            assert!(is_given_up, "{error}");
        }
        // What can't be compressed gets a little longer.
        let odd: String = (0..900_000_u32)
            .filter_map(|at| char::from_u32(32 + (at.wrapping_mul(2_654_435_761) >> 25) % 95))
            .collect();
        let members: Vec<u8> = odd
            .as_bytes()
            .chunks(40)
            .flat_map(|text| gzip(std::str::from_utf8(text).unwrap()))
            .collect();
        assert!(members.len() > odd.len());
        assert_eq!(read("gzip", &members, 4096).await.unwrap(), odd);
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_no_fault_of_its_coding() {
        let mut answer = Response::new(200, HeaderMap::new(), Bytes::new());
        answer
            .headers
            .insert(CONTENT_ENCODING, "gzip".parse().unwrap());
        let lost = || TransportError::Interrupted("lost".into());
        answer.body = stream::iter([Ok(gzip("hello")[..9].to_vec().into()), Err(lost())]).boxed();
        let error = decoded(answer).read(1 << 20).await.unwrap_err();
        assert!(matches!(error, TransportError::Interrupted(_)), "{error}");
    }
}
