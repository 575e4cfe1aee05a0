mod heads;

use std::num::NonZeroUsize;

use plugwright_sdk::host::Registry;

use super::super::workers;
use super::*;
use plugwright_engine::EngineSettings;
use plugwright_surfaces::Gateway;

/// Preface and an empty SETTINGS.
const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// HEADERS of `GET /` with all four pseudo header fields.
const FIELDS: &[u8] = b"\x82\x84\x86\x41\x01a";
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A listening gateway.
struct Bench {
    address: SocketAddr,
    gateway: Gateway,
    stop: CancellationToken,
    ended: tokio::task::JoinHandle<()>,
}

/// Short enough for tests in real time.
fn limits() -> Limits {
    Limits {
        header_timeout: Duration::from_millis(300),
        body_timeout: Duration::from_millis(300),
        request_timeout: Duration::from_millis(600),
        write_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(600),
        shutdown_grace: Duration::from_secs(1),
        ..Limits::default()
    }
}

async fn serving(limits: Limits) -> Bench {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let gateway = Gateway::builder(registry)
        .engine(EngineSettings {
            limits: limits.clone(),
            ..EngineSettings::offline()
        })
        .allow_anonymous(true)
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let ended = tokio::spawn({
        let (gateway, stop) = (gateway.clone(), stop.clone());
        async move {
            let workers = workers::start(NonZeroUsize::new(2).unwrap(), None).unwrap();
            let surfaces = Surfaces::new(&gateway);
            let hits = gateway.engine().metrics().limit_hits().clone();
            serve(listener, &workers, surfaces, &limits, hits, stop).await;
        }
    });
    Bench {
        address,
        gateway,
        stop,
        ended,
    }
}

impl Bench {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn sends(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// Sends a request on a new connection.
    async fn is_served(&self) -> bool {
        let mut stream = self.sends(HEALTH).await;
        answer(&mut stream).await.starts_with("HTTP/1.1 200")
    }

    /// Returns whether a limit was hit, which may be counted just after the connection has ended.
    async fn hits(&self, limit: Limit) -> bool {
        let line = format!("plugwright_limit_hits_total{{limit=\"{}\"}}", limit.name());
        for _ in 0..200 {
            if self.gateway.metrics().unwrap().contains(&line) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    async fn stop(self) {
        self.stop.cancel();
        self.ended.await.unwrap();
    }
}

/// Reads the start of a response.
async fn answer(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 8 << 10];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer)).await;
    let count = read.expect("an answer in time").unwrap_or(0);
    String::from_utf8_lossy(&buffer[..count]).into_owned()
}

/// Reads until a response has this text in it.
async fn answer_with(stream: &mut TcpStream, text: &str) -> String {
    let mut said = String::new();
    while !said.contains(text) {
        let more = answer(stream).await;
        assert!(!more.is_empty(), "{said}");
        said.push_str(&more);
    }
    said
}

/// Reads to the end, within a timeout. Returns the bytes and the time it took.
async fn end(stream: &mut TcpStream) -> (Vec<u8>, Duration) {
    let started = Instant::now();
    let mut read = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(4), stream.read_to_end(&mut read)).await;
    assert!(ended.is_ok(), "the connection was kept: {read:?}");
    (read, started.elapsed())
}

/// Sends bytes repeatedly until the connection closes. Returns how long that took.
async fn trickle(stream: &mut TcpStream, every: u64, bytes: &[u8]) -> Duration {
    let started = Instant::now();
    let mut buffer = [0; 4096];
    while started.elapsed() < Duration::from_secs(5) {
        let waited = tokio::time::timeout(Duration::from_millis(every), stream.read(&mut buffer));
        match waited.await {
            Ok(Ok(0) | Err(_)) => return started.elapsed(),
            Ok(Ok(_)) => {}
            Err(_) => {
                if stream.write_all(bytes).await.is_err() {
                    return started.elapsed();
                }
            }
        }
    }
    panic!("the connection was kept");
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

#[tokio::test]
async fn a_connection_without_a_whole_head_is_closed() {
    let bench = serving(limits()).await;
    let half_headers = [HELLO, &frame(1, 0, 1, FIELDS)].concat();
    for (first, answered) in [
        (&b""[..], false),
        (b"P", true),
        (b"GET / HTTP/1.1\r\nhost", true),
        (&HELLO[..20], true),
        (HELLO, false),
        (&half_headers, false),
    ] {
        let mut stream = bench.sends(first).await;
        let (read, after) = end(&mut stream).await;
        assert!(after < Duration::from_secs(1), "{first:?}: {after:?}");
        let is_408 = read.starts_with(b"HTTP/1.1 408");
        assert_eq!(is_408, answered, "{first:?}: {read:?}");
    }
    assert!(bench.hits(Limit::HeaderTimeout).await);
    bench.stop().await;
}

#[tokio::test]
async fn bytes_that_are_no_requests_keep_no_connection() {
    let bench = serving(limits()).await;
    let head = [HELLO, &frame(1, 0, 1, FIELDS)].concat();
    let body = [
        HELLO,
        &frame(1, 4, 1, b"\x83\x04\x0b/v1/actions\x86\x41\x01a"),
    ]
    .concat();
    for (name, first, then) in [
        ("a head", &b"GET / HTTP/1.1\r\n"[..], b"x".to_vec()),
        ("lines", b"GET / HTTP/1.1\r\n", b"a: b\r\n".to_vec()),
        ("empty lines", b"\r\n", b"\r\n".to_vec()),
        ("PING", HELLO, frame(6, 0, 0, &[0; 8])),
        ("SETTINGS", HELLO, frame(4, 0, 0, b"")),
        ("WINDOW_UPDATE", HELLO, frame(8, 0, 0, &[0, 0, 0, 1])),
        ("CONTINUATION", &head, frame(9, 0, 1, b"")),
        ("empty DATA", &body, frame(0, 0, 1, b"")),
    ] {
        let mut stream = bench.sends(first).await;
        let after = trickle(&mut stream, 50, &then).await;
        assert!(after < Duration::from_secs(3), "{name}: {after:?}");
    }
    // The same applies after a request.
    let mut stream = bench.sends(HEALTH).await;
    answer(&mut stream).await;
    let after = trickle(&mut stream, 50, b"G").await;
    assert!(after < Duration::from_secs(1), "{after:?}");
    bench.stop().await;
}

#[tokio::test]
async fn a_body_that_pauses_or_trickles_is_answered_with_408() {
    let bench = serving(limits()).await;
    for path in [
        "/v1/actions/github.issues.list",
        "/v1/github/issues.list",
        "/mcp",
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             accept: application/json, text/event-stream\r\ncontent-length: 1000\r\n\r\n{{"
        );
        let mut stream = bench.sends(head.as_bytes()).await;
        let (read, after) = end(&mut stream).await;
        let read = String::from_utf8_lossy(&read).into_owned();
        assert!(read.starts_with("HTTP/1.1 408"), "{path}: {read}");
        assert!(after < Duration::from_secs(1), "{path}: {after:?}");
        let mut stream = bench.sends(head.as_bytes()).await;
        let after = trickle(&mut stream, 50, b" ").await;
        assert!(after < Duration::from_secs(2), "{path}: {after:?}");
    }
    assert!(bench.hits(Limit::BodyTimeout).await);
    assert!(bench.hits(Limit::RequestTimeout).await);
    bench.stop().await;
}

#[tokio::test]
async fn an_answer_that_is_not_read_ends_its_connection() {
    let bench = serving(limits()).await;
    // More responses than fit into the system's buffers.
    let mut stream = bench.connect().await;
    let asks = b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(200);
    let written = async {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(4) {
            if stream.write_all(&asks).await.is_err() {
                return true;
            }
        }
        false
    };
    let ended = tokio::time::timeout(Duration::from_secs(4), written).await;
    assert_eq!(ended.ok(), Some(true));
    assert!(bench.hits(Limit::WriteTimeout).await);

    // An empty window (SETTINGS_INITIAL_WINDOW_SIZE), while the client reads the connection.
    let bench = serving(limits()).await;
    let window = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let ask = frame(1, 5, 1, b"\x82\x04\x0d/openapi.json\x86\x41\x01a");
    let hello = [&HELLO[..24], &window, &ask].concat();
    let mut stream = bench.sends(&hello).await;
    let after = trickle(&mut stream, 50, &frame(6, 0, 0, &[0; 8])).await;
    assert!(after < Duration::from_secs(2), "{after:?}");
    assert!(bench.hits(Limit::WriteTimeout).await);
    bench.stop().await;
}

#[tokio::test]
async fn a_connection_is_kept_for_its_next_request() {
    let bench = serving(limits()).await;
    let mut stream = bench.connect().await;
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stream.write_all(HEALTH).await.unwrap();
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"));
        // Longer than the head timeout, and shorter than the idle timeout.
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let (_, after) = end(&mut stream).await;
    assert!(after > Duration::from_millis(200), "{after:?}");
    assert!(bench.hits(Limit::IdleTimeout).await);
    bench.stop().await;
}

#[tokio::test]
async fn noise_is_closed_at_once() {
    let long = Limits {
        header_timeout: Duration::from_mins(1),
        idle_timeout: Duration::from_mins(1),
        ..limits()
    };
    let bench = serving(long).await;
    let mut stream = bench.sends(HELLO).await;
    let (mut reading, mut writing) = stream.split();
    let pings = frame(6, 1, 0, &[0; 8]).repeat(1000);
    let flood = async { while writing.write_all(&pings).await.is_ok() {} };
    let drained = async {
        let mut sink = vec![0; 64 << 10];
        while reading.read(&mut sink).await.is_ok_and(|count| count > 0) {}
    };
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        tokio::join!(flood, drained);
    });
    assert!(ended.await.is_ok());
    bench.stop().await;
}

#[tokio::test]
async fn idle_connections_never_keep_a_client_out() {
    for (connections, of_one) in [(64, 1000), (1000, 64)] {
        let long = Limits {
            connections,
            connections_per_peer: of_one,
            header_timeout: Duration::from_mins(1),
            body_timeout: Duration::from_mins(1),
            request_timeout: Duration::from_mins(1),
            idle_timeout: Duration::from_mins(1),
            ..limits()
        };
        let bench = serving(long).await;
        let mut hostile = Vec::new();
        let half_body = b"POST /v1/actions/github.issues.list HTTP/1.1\r\nhost: localhost\r\n\
            content-length: 9\r\n\r\n{";
        for number in 0..400 {
            let bytes: &[u8] = match number % 5 {
                0 => b"",
                1 => b"P",
                2 => HELLO,
                3 => HEALTH,
                _ => b"GET / HTTP/1.1\r\n",
            };
            hostile.push(bench.sends(bytes).await);
        }
        for _ in 0..100 {
            assert!(bench.is_served().await);
        }
        // Requests whose bodies never arrive make room too.
        for _ in 0..400 {
            hostile.push(bench.sends(half_body).await);
        }
        tokio::time::sleep(LINGER + Duration::from_millis(300)).await;
        for _ in 0..20 {
            assert!(bench.is_served().await);
        }
        let limit = if connections < of_one {
            Limit::Connections
        } else {
            Limit::ConnectionsPerPeer
        };
        assert!(bench.hits(limit).await);
        drop(hostile);
        bench.stop().await;
    }
}

#[tokio::test]
async fn without_an_idle_connection_a_new_one_is_refused() {
    let bench = serving(Limits {
        connections: 1,
        ..limits()
    })
    .await;
    // A connection whose body has just started is active.
    let busy = bench
        .sends(b"POST /v1/actions/github.issues.list HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{")
        .await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut refused = bench.sends(HEALTH).await;
    let said = answer(&mut refused).await;
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    assert!(said.contains("retry-after: 1\r\n"), "{said}");
    drop(busy);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(bench.is_served().await);
    bench.stop().await;
}

/// Processor time of this process, in milliseconds.
#[cfg(target_os = "linux")]
fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    // `utime` and `stime`, in ticks of 10 ms.
    let ticks: u64 = fields[11..13]
        .iter()
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    ticks * 10
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_that_wait_cost_no_processor_time() {
    let fitting = super::super::descriptors::fit(limits());
    let count = if fitting.connections < 4096 {
        100
    } else {
        1000
    };
    let bench = serving(Limits {
        header_timeout: Duration::from_mins(1),
        ..limits()
    })
    .await;
    let mut waiting = Vec::new();
    for _ in 0..count {
        waiting.push(bench.sends(b"P").await);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = processor_time();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let taken = processor_time() - before;
    println!("{count} connections took {taken} ms of 2000");
    assert!(taken <= 100, "{taken} ms of 2000");
    drop(waiting);
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_evicted_connection_still_answers_the_request_that_it_has() {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let gateway = Gateway::builder(registry).engine(EngineSettings::offline());
    let gateway = gateway.build().unwrap();
    let server = Server::new(
        Surfaces::new(&gateway),
        &limits(),
        gateway.engine().metrics().limit_hits().clone(),
    );
    let crowd = Arc::new(Crowd::new(
        1,
        1,
        gateway.engine().metrics().limit_hits().clone(),
    ));
    let ticket = crowd.admit("192.0.2.1".parse().unwrap()).unwrap();
    // Another connection takes its slot while the request is on its way.
    let _other = crowd.admit("192.0.2.2".parse().unwrap()).unwrap();

    let mut request = None;
    let mut retirements = 0;
    let end = {
        let timer = pin!(sleep_until(Instant::now() + Duration::from_mins(1)));
        let mut timer_of_the_answer = pin!(tokio::time::sleep(Duration::from_secs(3)));
        let polled = |cx: &mut Context<'_>, retire: bool| {
            retirements += usize::from(retire);
            if !timer_of_the_answer.is_elapsed() && request.is_none() {
                request = Some(ticket.progress.begin());
            }
            if timer_of_the_answer.as_mut().poll(cx).is_ready() {
                request = None;
            }
            Poll::Pending
        };
        server.supervise(&ticket.progress, timer, polled).await
    };
    assert!(matches!(end, End::Evicted));
    assert_eq!(retirements, 1, "it takes no further request");
    assert_eq!(ticket.progress.opened().elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn an_evicted_connection_does_not_wait_for_a_slow_request() {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let gateway = Gateway::builder(registry).engine(EngineSettings::offline());
    let gateway = gateway.build().unwrap();
    let hits = gateway.engine().metrics().limit_hits().clone();
    let server = Server::new(Surfaces::new(&gateway), &limits(), hits.clone());
    let crowd = Arc::new(Crowd::new(1, 1, hits));
    let ticket = crowd.admit("192.0.2.1".parse().unwrap()).unwrap();
    let _other = crowd.admit("192.0.2.2".parse().unwrap()).unwrap();

    let request = ticket.progress.begin();
    request.body().awaited();
    let timer = pin!(sleep_until(Instant::now() + Duration::from_mins(1)));
    let end = server.supervise(&ticket.progress, timer, |_, _| Poll::Pending);
    assert!(matches!(end.await, End::Evicted));
    let waited = ticket.progress.opened().elapsed();
    assert!(waited <= LAG + Duration::from_millis(10), "{waited:?}");
}
