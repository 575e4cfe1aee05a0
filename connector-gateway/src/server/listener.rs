//! The listening socket.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// Send buffer of each connection, in bytes. The system's default grows to megabytes per connection
/// outside of the process's own limits, for responses that a client may never read.
const SEND_BUFFER: u32 = 256 << 10;

/// Connections waiting to be accepted.
const BACKLOG: u32 = 1024;

/// Listens on an address. Connections inherit the socket's buffer sizes.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // On Windows this would let other processes take over the port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpSocket;
    use tokio::time::{Duration, timeout};

    use super::*;

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_sent_little() {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpSocket::new_v4().unwrap();
        client.set_recv_buffer_size(4096).unwrap();
        let _client = client.connect(address).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut sent = 0;
        let piece = [0; 16 << 10];
        let writing = async {
            while stream.write_all(&piece).await.is_ok() {
                sent += piece.len();
            }
        };
        let _ = timeout(Duration::from_millis(500), writing).await;
        assert!(sent < 1 << 20, "{sent} bytes");
    }
}
