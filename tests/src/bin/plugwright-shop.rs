//! A provider that takes orders, and keeps them when its clients die.
//!
//! It prints `listening on URL`, and then a line for each order that it does not answer: `took NAME` for
//! a name that begins with `held`, and `dropped NAME` for the first order of a name that begins with
//! `dropped`, which it forgets. Other orders are answered at once.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use serde_json::{Value, json};
use url::Url;

static ORDERS: Mutex<Vec<Value>> = Mutex::new(Vec::new());
static DROPPED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || {
            // A client that is killed hangs up in the middle.
            let _ = serve(&stream);
        });
    }
    Ok(())
}

/// Answers one request, and closes the connection.
fn serve(stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let mut first = head.split(' ');
    let (method, target) = (first.next().unwrap_or(""), first.next().unwrap_or(""));
    let answer = if method == "GET" {
        list(target)
    } else {
        let mut body = vec![0; length(&head)];
        reader.read_exact(&mut body)?;
        let order: Value = serde_json::from_slice(&body)?;
        let name = order["name"].as_str().unwrap_or("").to_owned();
        if name.starts_with("dropped") && is_first(&name) {
            println!("dropped {name}");
            return wait(&mut reader);
        }
        let taken = take(order);
        if name.starts_with("held") {
            println!("took {name}");
            return wait(&mut reader);
        }
        taken
    };
    let body = answer.to_string();
    write!(
        &*stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn wait(reader: &mut BufReader<&TcpStream>) -> io::Result<()> {
    io::copy(reader, &mut io::sink()).map(drop)
}

fn is_first(name: &str) -> bool {
    let mut dropped = DROPPED.lock().unwrap_or_else(PoisonError::into_inner);
    let first = !dropped.iter().any(|other| other == name);
    dropped.push(name.to_owned());
    first
}

fn length(head: &str) -> usize {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok())?
    });
    length.unwrap_or(0)
}

fn take(mut order: Value) -> Value {
    let mut orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
    order["id"] = orders.len().into();
    let now = humantime::format_rfc3339_millis(SystemTime::now());
    order["created_at"] = now.to_string().into();
    orders.push(order.clone());
    order
}

fn list(target: &str) -> Value {
    let orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
    let url = Url::parse(&format!("http://shop{target}"));
    let wanted: Vec<_> = url.iter().flat_map(Url::query_pairs).collect();
    let matches = |order: &&Value| wanted.iter().all(|(name, value)| order[&**name] == **value);
    json!(orders.iter().filter(matches).collect::<Vec<_>>())
}
