//! A server that answers with bytes that were written beforehand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use plugwright_client::{Connector, ConnectorBuilder, ProjectConnector};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

/// How the server answers one request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// With these bytes, after which it closes the connection.
    Bytes(Vec<u8>),
    /// With these pieces, and a pause between two.
    Pieces(Vec<Vec<u8>>, Duration),
    /// Never.
    Silence,
}

/// Makes a response with a JSON body.
pub(crate) fn json(status: u16, headers: &str, body: &str) -> Reply {
    Reply::Bytes(response(status, headers, body))
}

/// Makes a success.
pub(crate) fn success(data: &str) -> Reply {
    json(200, "", &envelope(data, "{}"))
}

pub(crate) fn envelope(data: &str, meta: &str) -> String {
    format!(r#"{{"success":true,"message":"OK","data":{data},"meta":{meta}}}"#)
}

/// Makes a failure with a code.
pub(crate) fn failure(status: u16, code: &str, headers: &str) -> Reply {
    let body = format!(
        r#"{{"success":false,"message":"no","data":null,"errorCode":"{code}","meta":{{}}}}"#
    );
    json(status, headers, &body)
}

pub(crate) fn response(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The server; the last of its replies is repeated.
pub(crate) struct Server {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    /// How many clients hung up before they had a whole response.
    pub(crate) hung_up: Arc<Mutex<usize>>,
}

impl Server {
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let hung_up = Arc::new(Mutex::new(0));
        let (log, ends) = (Arc::clone(&received), Arc::clone(&hung_up));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, ends, replies) = (Arc::clone(&log), Arc::clone(&ends), replies.clone());
                tokio::spawn(async move {
                    let Some(request) = read(&mut stream).await else {
                        return;
                    };
                    let index = {
                        let mut log = log.lock().unwrap();
                        log.push(request);
                        log.len().min(replies.len()) - 1
                    };
                    if !answer(&mut stream, &replies[index]).await {
                        *ends.lock().unwrap() += 1;
                    }
                });
            }
        });
        Self {
            url,
            received,
            hung_up,
        }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn builder(&self) -> ConnectorBuilder {
        Connector::builder().api_key(KEY).base_url(&self.url)
    }

    pub(crate) fn client(&self) -> Connector {
        self.builder().build().unwrap()
    }

    pub(crate) fn project(&self) -> ProjectConnector {
        let builder = ProjectConnector::builder().api_key(KEY);
        builder.base_url(&self.url).build().unwrap()
    }
}

pub(crate) const KEY: &str = "pw_secret_of_the_test";

/// Answers; returns whether the client stayed until the end.
async fn answer(stream: &mut TcpStream, reply: &Reply) -> bool {
    match reply {
        Reply::Bytes(bytes) => {
            stream.write_all(bytes).await.is_ok() && stream.shutdown().await.is_ok()
        }
        Reply::Pieces(pieces, pause) => {
            for piece in pieces {
                if stream.write_all(piece).await.is_err() {
                    return false;
                }
                sleep(*pause).await;
            }
            stream.shutdown().await.is_ok()
        }
        Reply::Silence => {
            // Only the client ends this.
            let mut rest = [0; 1];
            !matches!(stream.read(&mut rest).await, Ok(0) | Err(_))
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.split("\r\n");
            let line = lines.next()?.to_owned();
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length = length.map_or(0, |(_, value)| value.parse::<usize>().unwrap());
            if body.len() >= length {
                return Some(Received {
                    line,
                    headers,
                    body: body.to_owned(),
                    at: Instant::now(),
                });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
