//! What stands between a client and a gateway: it writes down each request, and can answer in the
//! gateway's place.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use plugwright_tests::{Loopback, Received};

/// What is answered in the gateway's place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reply {
    /// A status, headers with the end of each line, and a body.
    Whole(u16, &'static str, &'static str),
    /// Only the beginning of an answer, of this many bytes.
    Cut(usize),
    /// Nothing, for this long.
    Silence(Duration),
    /// What the gateway answers, of which nothing arrives.
    Lost,
}

/// The recorder; it ends when it is dropped.
pub(super) struct Recorder {
    server: Loopback,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    /// How many requests were asked for before.
    taken: usize,
}

impl Recorder {
    pub(super) async fn start(gateway: &str) -> Self {
        let replies = Arc::new(Mutex::new(VecDeque::new()));
        let queue = Arc::clone(&replies);
        let address = gateway.trim_start_matches("http://").to_owned();
        let server = Loopback::start(move |request| {
            let next = queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            match next {
                Some(Reply::Lost) => {
                    forward(&address, request);
                    Vec::new()
                }
                Some(reply) => write(reply),
                None => forward(&address, request),
            }
        });
        Self {
            server: server.await.expect("a port"),
            replies,
            taken: 0,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Answers the next requests itself; the gateway answers those that follow.
    pub(super) fn answer(&self, replies: &[Reply]) {
        let mut queue = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        queue.clear();
        queue.extend(replies);
    }

    /// Lets the gateway answer the next requests, and loses its answers.
    pub(super) fn lose(&self, requests: usize) {
        self.answer(&vec![Reply::Lost; requests]);
    }

    /// Returns what came since this was called before.
    pub(super) fn take(&mut self) -> Vec<Received> {
        let all = self.server.received();
        let new = all[self.taken..].to_vec();
        self.taken = all.len();
        new
    }
}

fn write(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Whole(status, headers, body) => response(status, headers, body),
        Reply::Cut(length) => {
            let mut whole = response(200, "", r#"{"success":true,"data":1}"#);
            whole.truncate(length);
            whole
        }
        Reply::Silence(time) => {
            thread::sleep(time);
            Vec::new()
        }
        Reply::Lost => Vec::new(),
    }
}

fn response(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// Sends a request to the gateway as it came, but for the connection, which is one of its own.
fn forward(address: &str, request: &Received) -> Vec<u8> {
    let mut text = format!(
        "{} {} HTTP/1.1\r\nconnection: close\r\n",
        request.method, request.target
    );
    for (name, value) in &request.headers {
        if name != "connection" && name != "accept-encoding" {
            text.extend([name.as_str(), ": ", value.as_str(), "\r\n"]);
        }
    }
    text.push_str("\r\n");
    let exchange = || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(text.as_bytes())?;
        stream.write_all(&request.body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    exchange().expect("the gateway answers")
}
