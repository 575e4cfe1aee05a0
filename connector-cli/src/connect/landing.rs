//! The loopback page that the browser returns to (RFC 8252, section 7.3).

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const LONGEST: usize = 8 * 1024;

/// A page that is served until this is dropped.
pub(super) struct Landing {
    url: String,
    arrivals: mpsc::Receiver<()>,
    serving: JoinHandle<()>,
}

impl Landing {
    /// Serves the page; `None` if the machine doesn't allow that. The gateway is polled either way.
    pub(super) async fn open() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.ok()?;
        let address = listener.local_addr().ok()?;
        let (arrived, arrivals) = mpsc::channel(1);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let arrived = arrived.clone();
                // Browsers also open speculative connections.
                tokio::spawn(async move {
                    if answer(stream).await.is_some() {
                        // A full channel already wakes the receiver.
                        let _ = arrived.try_send(());
                    }
                });
            }
        });
        Some(Self {
            url: format!("http://{address}/done"),
            arrivals,
            serving,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until a browser has returned. Its query proves nothing, so ask the gateway.
    pub(super) async fn came_back(&mut self) {
        if self.arrivals.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers one request; `None` if it was not for the page.
async fn answer(mut stream: TcpStream) -> Option<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        if request.len() > LONGEST || stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&request);
    let target = text.strip_prefix("GET ")?.split(' ').next()?.to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (status, page) = match path {
        "/done" => ("200 OK", page(query)),
        _ => ("404 Not Found", page_of("Page not found", "")),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         connection: close\r\n\r\n",
        page.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(page.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()?;
    (path == "/done").then_some(())
}

fn page(query: &str) -> String {
    let connected = query.split('&').any(|pair| pair == "status=success");
    if connected {
        page_of("Your account is connected", "You can close this page.")
    } else {
        page_of(
            "Your account is not connected",
            "You can close this page. The terminal says why.",
        )
    }
}

fn page_of(heading: &str, text: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{heading}</title>\n\
         <style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; \
         margin: 20vh auto; padding: 0 1.5rem }}</style>\n\
         <main><h1>{heading}</h1><p>{text}</p></main>\n"
    )
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::transport::Live;

    use super::*;

    fn client() -> reqwest::Client {
        let client = Live::client_builder().unwrap().no_proxy();
        client.build().unwrap()
    }

    #[tokio::test]
    async fn a_returning_browser_gets_a_page_and_is_noticed() {
        let mut landing = Landing::open().await.unwrap();
        for (query, heading) in [
            ("?status=success&service=x", "Your account is connected"),
            ("?status=error&code=access_denied", "is not connected"),
        ] {
            let answer = client().get(format!("{}{query}", landing.url())).send();
            let text = answer.await.unwrap().text().await.unwrap();
            assert!(text.contains(heading), "{text}");
            landing.came_back().await;
        }
    }

    #[tokio::test]
    async fn other_requests_do_not_count_as_a_return() {
        let mut landing = Landing::open().await.unwrap();
        let icon = landing.url().replace("/done", "/favicon.ico");
        assert_eq!(client().get(icon).send().await.unwrap().status(), 404);
        assert!(landing.arrivals.try_recv().is_err());
    }
}
