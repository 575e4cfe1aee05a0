//! Ways to lead a request inside, and that none of them works.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Method;
use plugwright_egress::{Egress, Lookup};
use plugwright_sdk::transport::{Request, Transport, TransportError};
use plugwright_sdk::{ActionContext, ConnectorDefinition, ErrorCode};
use tokio::time::Instant;

use super::server::Server;
use super::{call, context, settings};

const SOON: Duration = Duration::from_secs(5);

/// Every way that `{port}` of this machine, its network or its cloud might be named.
const TARGETS: &[&str] = &[
    // Loopback, plainly and in other notations.
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.255.255.254:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0X7F.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0177.0x0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://2130706433.:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}\\",
    "http:////127.0.0.1:{port}/",
    "http://127.0.0\t.1:{port}/",
    // Digits and dots of other scripts.
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://127．0．0．1:{port}/",
    "http://１２７.0.0.1:{port}/",
    "http://𝟏𝟐𝟕.𝟎.𝟎.𝟏:{port}/",
    "http://127.0.0.1\u{ad}:{port}/",
    // Names of this machine and its network.
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "http://a.localhost:{port}/",
    "http://printer.local:{port}/",
    "http://db.internal:{port}/",
    "http://nas.lan:{port}/",
    "http://kubernetes:{port}/",
    "http://kubernetes.default.svc.cluster.local:{port}/",
    // Names on the internet with addresses inside.
    "http://inside.test:{port}/",
    "http://127.0.0.1.nip.io:{port}/",
    "http://xn--bcher-kva.test:{port}/",
    "http://bücher.test:{port}/",
    "http://mixed-inside.test:{port}/",
    "http://mapped.test:{port}/",
    "http://nat64.test:{port}/",
    "http://six-to-four.test:{port}/",
    "http://any.test:{port}/",
    "http://cloud.test:{port}/",
    // Nowhere, everywhere.
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://0x0:{port}/",
    "http://[::]:{port}/",
    "http://255.255.255.255:{port}/",
    "http://224.0.0.1:{port}/",
    "http://240.0.0.1:{port}/",
    // IPv6.
    "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::127.0.0.1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:0:0:0:0:80ff:fffe]:{port}/",
    "http://[2001:db8::1]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[fd12:3456::1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://[2606:4700::5efe:127.0.0.1]:{port}/",
    "http://[::1%25lo]:{port}/",
    // Networks that are not on the internet.
    "http://10.0.0.1:{port}/",
    "http://172.16.0.1:{port}/",
    "http://172.31.255.255:{port}/",
    "http://192.168.1.1:{port}/",
    "http://100.64.0.1:{port}/",
    "http://169.254.1.1:{port}/",
    "http://192.0.0.8:{port}/",
    "http://192.0.2.1:{port}/",
    "http://198.18.0.1:{port}/",
    "http://198.51.100.1:{port}/",
    "http://203.0.113.1:{port}/",
    // What gives out the credentials of the machine.
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.169.254./",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://metadata.google.internal./",
    "http://METADATA/",
    "http://instance-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://169.254.170.2/",
    "http://192.0.0.192/",
    // Users, so that a reader takes the wrong part for the host.
    "http://api.github.com@127.0.0.1:{port}/",
    "http://api.github.com:443@127.0.0.1:{port}/",
    "http://user:secret@127.0.0.1:{port}/",
    "http://user@localhost:{port}/",
    "http://127.0.0.1:{port}\\@api.github.com/",
    "http://127.0.0.1:{port}#@api.github.com/",
    "http://127.0.0.1:{port}?@api.github.com/",
    "http://user:secret@public.test:{port}/",
    // Other schemes.
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_GET",
    "dict://127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/",
    "unix:///run/docker.sock",
    "data:text/plain,hello",
    "jar:http://127.0.0.1:{port}!/",
    "view-source:http://127.0.0.1:{port}/",
];

/// A DNS of someone who wants in. Names lead to this machine unless it says otherwise.
#[derive(Default)]
struct Hostile {
    asked: Mutex<HashMap<String, usize>>,
}

/// Public by its number, and not given to anybody.
const NOBODY: &str = "2d00::1";

#[async_trait::async_trait]
impl Lookup for Hostile {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let times = {
            let mut asked = self.asked.lock().unwrap();
            let times = asked.entry(name.to_owned()).or_default();
            *times += 1;
            *times
        };
        let addresses: &[&str] = match name {
            "rebinding.test" if times == 1 => &[NOBODY],
            "half.test" => &["127.0.0.1", NOBODY, "::1"],
            "public.test" => &[NOBODY],
            "mixed-inside.test" => &["10.0.0.1", "::1", "127.0.0.1"],
            "mapped.test" => &["::ffff:127.0.0.1"],
            "nat64.test" => &["64:ff9b::7f00:1"],
            "six-to-four.test" => &["2002:7f00:1::"],
            "any.test" => &["0.0.0.0", "::"],
            "cloud.test" => &["169.254.169.254", "fd00:ec2::254"],
            _ => &["127.0.0.1"],
        };
        Ok(addresses.iter().map(|text| text.parse().unwrap()).collect())
    }
}

fn egress(allow: &[&str]) -> Egress {
    let lookup: Arc<dyn Lookup> = Arc::new(Hostile::default());
    Egress::with_lookup(settings(allow), &lookup).unwrap()
}

fn targets(server: &Server) -> Vec<String> {
    let port = server.address.port().to_string();
    let filled = TARGETS.iter().map(|target| target.replace("{port}", &port));
    filled.collect()
}

#[tokio::test]
async fn no_hostile_target_can_be_called_outright() {
    assert!(TARGETS.len() >= 60);
    let (trap, egress) = (Server::answering(&[(200, "")]).await, egress(&[]));
    let mut parsed = 0;
    for target in targets(&trap) {
        let Ok(url) = target.parse() else {
            continue;
        };
        parsed += 1;
        let transport = egress.for_call(call(true, SOON));
        match transport.send(&Request::new(Method::GET, url)).await {
            Err(TransportError::DestinationRefused(message)) => {
                assert!(!message.contains("secret"), "{target}: {message}");
            }
            Err(error) => panic!("{target}: {error:?}"),
            Ok(answer) => panic!("{target}: HTTP {}", answer.status),
        }
        assert!(!transport.usage().sent, "{target}");
    }
    assert!(parsed >= 60, "only {parsed} are URLs at all");
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn no_hostile_target_can_be_a_base_url() {
    let (trap, egress) = (Server::answering(&[(200, "")]).await, egress(&[]));
    for target in targets(&trap) {
        let transport = egress.for_call(call(true, SOON));
        let cx = context(&transport, &target, SOON);
        let error = cx.get("/x").send().await.err();
        let code = error.as_ref().map(plugwright_sdk::ActionError::code);
        assert!(
            matches!(
                code,
                Some(ErrorCode::DestinationRefused | ErrorCode::ValidationError)
            ),
            "{target}: {error:?}"
        );
        assert!(!transport.usage().sent, "{target}");
    }
    assert_eq!(trap.connections(), 0);
}

static REGIONAL: ConnectorDefinition = ConnectorDefinition::new("regional", "Regional", "1.0.0")
    .base_url("https://{site}.example.com")
    .actions(&[]);

#[tokio::test]
async fn no_hostile_target_can_be_a_part_of_a_base_url() {
    let (trap, egress) = (Server::answering(&[(200, "")]).await, egress(&[]));
    for target in targets(&trap) {
        let authority = target.split("//").nth(1).unwrap_or(&target);
        let host = authority.split([':', '/']).next().unwrap_or_default();
        for site in [&target, authority, host, &format!("{authority}#")] {
            let transport = egress.for_call(call(true, SOON));
            let cx = ActionContext::builder(&REGIONAL, transport.clone())
                .setting("site", site)
                .deadline(Instant::now() + SOON)
                .build();
            let error = cx.get("/x").send().await.err();
            let code = error.as_ref().map(plugwright_sdk::ActionError::code);
            assert!(
                matches!(
                    code,
                    Some(ErrorCode::DestinationRefused | ErrorCode::ValidationError)
                ),
                "{site}: {error:?}"
            );
            assert!(!transport.usage().sent, "{site}");
        }
    }
    assert_eq!(trap.connections(), 0);
}

/// Redirects once to `location`, and answers `{}` to whoever comes to `/inside`.
async fn redirecting(status: u16, location: &str) -> Server {
    let location: String = location.chars().filter(|c| !c.is_control()).collect();
    Server::sending(format!(
        "HTTP/1.1 {status} x\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    ))
    .await
}

#[tokio::test]
async fn no_redirect_leads_to_a_hostile_target() {
    let trap = Server::answering(&[(200, "")]).await;
    let mut followed = 0;
    for (index, target) in targets(&trap).into_iter().enumerate() {
        let status = [301, 302, 303, 307, 308][index % 5];
        let open = redirecting(status, &target).await;
        let egress = egress(&[&open.address.to_string()]);
        let transport = egress.for_call(call(true, SOON));
        let cx = context(&transport, &open.url(), SOON);
        let answer = cx.get("/x").send().await;
        let base: url::Url = open.url().parse().unwrap();
        let next = base.join(&target).ok().filter(|next| {
            // `http:127.0.0.1` is a path in a redirect, and a header is ASCII.
            target.is_ascii() && next.scheme().starts_with("http") && next.origin() != base.origin()
        });
        match (answer, next) {
            (Err(error), Some(_)) => {
                followed += 1;
                assert_eq!(error.code(), ErrorCode::DestinationRefused, "{target}");
                assert_eq!(open.connections(), 1, "{target}");
            }
            (Ok(answer), Some(_)) => panic!("{target}: HTTP {}", answer.status),
            (Ok(answer), None) => assert_eq!(answer.status, status, "{target}"),
            (Err(_), None) => {}
        }
    }
    assert!(followed >= 60, "only {followed} redirects lead elsewhere");
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_chain_of_redirects_is_checked_at_each_step() {
    let trap = Server::answering(&[(200, "")]).await;
    let last = redirecting(302, &trap.url()).await;
    let middle = redirecting(307, &last.url()).await;
    let first = redirecting(301, &middle.url()).await;
    let allow = [&first, &middle, &last].map(|server| server.address.to_string());
    let egress = egress(&allow.each_ref().map(String::as_str));
    let transport = egress.for_call(call(true, SOON));
    let error = context(&transport, &first.url(), SOON)
        .get("/x")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::DestinationRefused);
    assert_eq!((last.connections(), trap.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_that_changes_its_addresses_finds_no_gap() {
    let (trap, egress) = (Server::answering(&[(200, "")]).await, egress(&[]));
    let port = trap.address.port();
    let ask = async |name: &str| {
        let mut call = call(true, SOON);
        call.retries = Some(0);
        let transport = egress.for_call(call);
        let url = format!("http://{name}:{port}/").parse().unwrap();
        transport.send(&Request::new(Method::GET, url)).await.err()
    };
    // The first answer is public, so the connection goes there and nowhere else.
    let first = ask("rebinding.test").await;
    assert!(
        matches!(first, Some(TransportError::Unreachable { .. })),
        "{first:?}"
    );
    let second = ask("rebinding.test").await;
    assert!(
        matches!(second, Some(TransportError::DestinationRefused(_))),
        "{second:?}"
    );
    // Of mixed addresses only the public one is tried.
    let half = ask("half.test").await;
    assert!(
        matches!(half, Some(TransportError::Unreachable { .. })),
        "{half:?}"
    );
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn the_error_names_the_host_and_the_way_out_but_no_address() {
    let egress = egress(&[]);
    let transport = egress.for_call(call(true, SOON));
    let cx = context(&transport, "http://mixed-inside.test", SOON);
    let error = cx.get("/x").send().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::DestinationRefused);
    assert!(error.message().contains("`mixed-inside.test`"), "{error}");
    assert!(error.message().contains("egress.allow"), "{error}");
    let all = format!("{error} {error:?}");
    assert!(
        !all.contains("10.0.0.1") && !all.contains("127.0.0.1"),
        "{all}"
    );
}

#[tokio::test]
async fn a_listed_name_is_called_at_its_port_whatever_its_address_is() {
    let server = Server::answering(&[(200, "")]).await;
    let port = server.address.port();
    for (allow, passes) in [
        (format!("inside.test:{port}"), true),
        ("inside.test".to_owned(), true),
        ("127.0.0.1".to_owned(), true),
        ("inside.test:1".to_owned(), false),
        (format!("other.test:{port}"), false),
    ] {
        let egress = egress(&[&allow]);
        let transport = egress.for_call(call(true, SOON));
        let url = format!("http://inside.test:{port}");
        let answer = context(&transport, &url, SOON).get("/x").send().await;
        assert_eq!(answer.is_ok(), passes, "{allow}: {:?}", answer.err());
    }
    let egress = egress(&["inside.test", "cloud.test"]);
    let transport = egress.for_call(call(true, SOON));
    let cloud = context(&transport, "http://cloud.test", SOON)
        .get("/x")
        .send()
        .await;
    assert_eq!(cloud.unwrap_err().code(), ErrorCode::DestinationRefused);
}
