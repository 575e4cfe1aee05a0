//! How much memory a long file takes on its way up and down.
//!
//! A server on loopback swallows an upload and makes up a download, so that neither side holds the
//! file. The peak is what Linux counts for the whole process.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use plugwright_sdk::host::FileSource;
use plugwright_sdk::transport::Live;
use plugwright_sdk::{ActionContext, ConnectorDefinition, FileInput, actions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{kernel, on_all_cores, report};

const LENGTH: u64 = 1_000_000_000;
const PIECE: usize = 64 << 10;

static FILES: ConnectorDefinition = ConnectorDefinition::new("files", "Files", "1.0.0")
    .base_url("{origin}")
    .actions(actions![]);

pub(crate) fn run() -> Result<()> {
    let folder = report::root().join("target/bench-files");
    std::fs::create_dir_all(&folder)?;
    let before = peak()?;
    let (up, down) = on_all_cores()?.block_on(both_ways(&folder))?;
    let after = peak()?;
    let text = format!(
        "\n| A file of {LENGTH} bytes | throughput |\n| --- | --- |\n\
         | up, from disk | {up:.0} MB/s |\n| down, to disk | {down:.0} MB/s |\n\n\
         Peak of resident memory: {before:.1} MiB before, {after:.1} MiB after both.\n\n"
    );
    println!("{text}");
    report::write("files", &text)
}

/// Returns the megabytes per second of an upload and of a download.
async fn both_ways(folder: &Path) -> Result<(f64, f64)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(serve(listener));

    let (sent, saved) = (folder.join("sent"), folder.join("saved"));
    File::create(&sent)?.set_len(LENGTH)?;
    let cx = ActionContext::builder(&FILES, Arc::new(Live::new()?))
        .setting("origin", &origin)
        .attachment("sent", FileSource::from_path(&sent)?)
        .save_to(tokio::fs::File::create(&saved).await?)
        .build();
    let started = Instant::now();
    let file = FileInput::attached("sent");
    cx.put("/up").file(&file, None).fetch::<()>().await?;
    let up = speed(started);
    let started = Instant::now();
    let output = cx.get("/down").download().await?;
    let down = speed(started);

    server.abort();
    let on_disk = std::fs::metadata(&saved)?.len();
    std::fs::remove_dir_all(folder)?;
    ensure!(
        output.size == LENGTH && on_disk == LENGTH,
        "{} bytes came and {on_disk} were saved",
        output.size
    );
    Ok((up, down))
}

fn speed(started: Instant) -> f64 {
    kernel::in_units(LENGTH, 1e6) / started.elapsed().as_secs_f64()
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer(stream));
    }
}

/// Reads a request to its end, and answers a GET with zeros.
async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let mut head = Vec::new();
        let end = loop {
            if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut head).await? == 0 {
                return Ok(());
            }
        };
        if head.starts_with(b"GET") {
            let length = format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n");
            stream.write_all(length.as_bytes()).await?;
            let mut left = LENGTH;
            while left > 0 {
                let now = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                stream.write_all(&piece[..now]).await?;
                left -= now as u64;
            }
        } else {
            let mut left = LENGTH - (head.len() - end) as u64;
            while left > 0 {
                match stream.read(&mut piece).await? {
                    0 => return Ok(()),
                    read => left -= read as u64,
                }
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
        }
    }
}

/// The peak of resident memory in MiB.
fn peak() -> Result<f64> {
    Ok(kernel::in_units(
        kernel::memory("self", "VmHWM")?,
        1_048_576.0,
    ))
}
