//! What becomes of connections when this machine runs out of something.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use plugwright_egress::{Asker, Egress, EgressCall, Lookup};

use super::connections::{send_as, until_it_is_free};
use super::server::Server;
use super::{call, context, settings};

const WITHIN: Duration = Duration::from_secs(20);

/// Fails as it does where no more files may be open.
struct Exhausted;

#[async_trait::async_trait]
impl Lookup for Exhausted {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Err(io::Error::from_raw_os_error(24))
    }
}

#[tokio::test]
async fn idle_connections_close_when_no_more_can_be_opened() {
    let server = Server::answering(&[(200, "")]).await;
    let lookup: Arc<dyn Lookup> = Arc::new(Exhausted);
    let egress = Egress::with_lookup(settings(&["127.0.0.1", "name.test"]), &lookup).unwrap();
    let me = Asker::of("me", "me");
    for _ in 0..2 {
        send_as(&egress, &server.url(), "a", me, "x").await;
        until_it_is_free().await;
    }
    assert_eq!(server.connections(), 1);
    let transport = egress.for_call(EgressCall {
        retries: Some(0),
        ..call(false, WITHIN)
    });
    let cx = context(&transport, "http://name.test", WITHIN);
    assert!(cx.get("/x").send().await.is_err());
    send_as(&egress, &server.url(), "a", me, "x").await;
    assert_eq!(server.connections(), 2);
}
