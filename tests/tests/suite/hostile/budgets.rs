//! Inputs that are long, wide or deep: work, memory, answers and the log stay within their budgets.

use std::fmt::Write as _;
use std::time::Duration;

use futures_util::future::join_all;
use plugwright_sdk::json;
use plugwright_tests::gateway::OPERATOR;
use plugwright_tests::raw::{exchange, request};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::count;
use super::world::{World, json_answer, setup};

const CREATE: &str = "/v1/actions/local.things.create";
/// The budgets of a body that any of them may end.
const BODY: [&str; 4] = ["request_body", "input", "json_values", "json_depth"];

/// Makes an object with this many members that nobody knows.
fn unknown_members(count: usize) -> String {
    let mut text = String::from("{");
    for number in 0..count {
        let comma = if number == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, r#"{comma}"x{number:05}":1"#);
    }
    text.push('}');
    text
}

fn forms(count: usize) -> String {
    (0..count).fold(String::new(), |mut form, number| {
        let _ = write!(form, "n{number}=1&");
        form
    })
}

fn as_input(members: &str) -> Vec<u8> {
    format!(r#"{{"input":{members}}}"#).into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_unknown_members_are_refused_in_a_few_words() {
    let world = World::new().await;
    let (huge, many) = (unknown_members(900_000), unknown_members(20_000));
    let limits = &BODY;
    world
        .limits("huge input", limits, &world.post(CREATE, &as_input(&huge)))
        .await;
    world
        .limits("huge body", limits, &world.post(CREATE, huge.as_bytes()))
        .await;
    world
        .limits(
            "huge query",
            limits,
            &world.post(
                "/v1/proxy/odd",
                format!(r#"{{"endpoint":"/x","query":{huge}}}"#).as_bytes(),
            ),
        )
        .await;
    // Within the budgets of a body.
    let place = world.post(CREATE, &as_input(&many));
    let reply = world.refuses("many members", &place).await;
    assert_eq!(reply.status, 400, "{}", reply.head);
    assert!(
        reply.text().matches("x000").count() <= 100,
        "{}",
        reply.text()
    );
    for (what, path, body) in [
        ("many members of the body", CREATE, many.clone()),
        (
            "many options",
            CREATE,
            format!(r#"{{"input":{{}},"options":{many}}}"#),
        ),
        (
            "many members of the proxy's body",
            "/v1/proxy/odd",
            many.clone(),
        ),
        (
            "many members in the short form",
            "/v1/local/things.create",
            many.clone(),
        ),
    ] {
        world
            .refuses(what, &world.post(path, body.as_bytes()))
            .await;
    }
    let arguments = format!(r#"{{"action":"local.things.create","input":{many}}}"#);
    world
        .refuses_tool(
            "many members over MCP",
            &world.tool("run_action", &arguments),
        )
        .await;
    world
        .refuses_tool(
            "many arguments over MCP",
            &world.tool("search_actions", &many),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn huge_inputs_at_the_same_time_hold_nobody_up() {
    let world = World::new().await;
    let body = world.post(CREATE, &as_input(&unknown_members(900_000)));
    let deep = world.post(CREATE, &as_input(&"[".repeat(10_000_000)));
    let before = world.gateway.memory();
    let callers = count("HOSTILE_CALLERS", 8);
    let hostile = async {
        let calls = (0..callers).map(|number| {
            let body = if number.is_multiple_of(2) {
                &body
            } else {
                &deep
            };
            exchange(world.address(), body)
        });
        for reply in join_all(calls).await {
            let status = reply.expect("an answer").status;
            assert!((400..500).contains(&status) || status == 503, "{status}");
        }
    };
    let others = async {
        for _ in 0..20 {
            world.healthy().await;
            sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::join!(hostile, others);
    let grown = world.gateway.most_memory().saturating_sub(before);
    assert!(grown < 128 << 20, "{} MiB", grown >> 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_names_are_refused_before_they_are_compared() {
    let world = World::new().await;
    let name = "local.things.creat".repeat(20_000);
    let limits = &["name"];
    for tool in ["run_action", "describe_action"] {
        let call = world.tool(tool, &format!(r#"{{"action":"{name}"}}"#));
        world.limits_tool(tool, limits, &call).await;
    }
    world
        .limits_tool("the tool itself", limits, &world.tool(&name, "{}"))
        .await;
    for method in ["prompts/get", "tools/call"] {
        let message = world.mcp_message(method, &name, "{}");
        let what = format!("a name of {method} that its header does not have");
        world.limits_tool(&what, limits, &message).await;
    }
    let long = "local.things.creat".repeat(400);
    let path = format!("/v1/actions/{long}");
    world
        .limits("an action", limits, &world.post(&path, b"{}"))
        .await;
    world
        .limits("an action's metadata", limits, &world.get(&path))
        .await;
    let short = format!("/v1/local/{long}");
    world
        .limits("short form", limits, &world.post(&short, b"{}"))
        .await;
    // Connectors are few, and their names are compared as a whole.
    let endpoint = br#"{"endpoint":"/x","method":"GET"}"#;
    for (what, path) in [
        ("connector", format!("/v1/{long}/things.list")),
        ("proxy", format!("/v1/proxy/{long}")),
    ] {
        world.refuses(what, &world.post(&path, endpoint)).await;
    }
    let body = format!(r#"{{"input":{{}},"connectionName":"{name}"}}"#);
    world
        .refuses("a connection", &world.post(CREATE, body.as_bytes()))
        .await;
    let body = format!(r#"{{"input":{{"{name}":1}}}}"#);
    world
        .refuses("a parameter", &world.post(CREATE, body.as_bytes()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_repeats_a_long_part_of_a_path() {
    let mut world = World::new().await;
    let long = "names".repeat(2_000);
    let of_callers = [
        ("GET", format!("/{long}")),
        ("GET", format!("/v1/{long}")),
        ("GET", format!("/v1/tools/{long}")),
        ("GET", format!("/v1/tools/local/{long}")),
        ("GET", format!("/v1/actions/{long}/guide.md")),
        ("GET", format!("/v1/apps/services/{long}")),
        ("GET", format!("/v1/providers/{long}/setup")),
        ("GET", format!("/v1/connection-requests/{long}")),
        ("POST", format!("/v1/connections/{long}/connect")),
        ("DELETE", format!("/v1/connections/{long}")),
        ("GET", format!("/v1/saas/connection-requests/{long}")),
        ("POST", format!("/v1/saas/actions/{long}")),
        ("GET", format!("/api/v1/{long}")),
        ("GET", format!("/api/v1/connections/{long}")),
        (
            "GET",
            format!("/api/v1/connections/oauth/start?connectorSlug={long}"),
        ),
        ("GET", format!("/openapi/{long}")),
        ("GET", format!("/openapi/{long}.json")),
        ("GET", format!("/docs/{long}")),
        ("GET", format!("/connect/{long}")),
        ("GET", format!("/connect/assets/{long}")),
        ("GET", format!("/icons/{long}.svg")),
        ("GET", format!("/mcp?{long}")),
        ("GET", format!("/mcp?tools={long}")),
    ];
    let of_operators = [
        ("GET", format!("/admin/{long}")),
        ("DELETE", format!("/admin/tokens/{long}")),
        ("GET", format!("/admin/connections/{long}")),
        ("POST", format!("/admin/connections/{long}/test")),
        ("GET", format!("/admin/connections?project={long}")),
        ("GET", format!("/admin/connections?{long}=1")),
        ("DELETE", format!("/admin/organizations/{long}")),
        ("GET", format!("/admin/projects/{long}")),
        ("GET", format!("/admin/runs/{long}")),
        ("GET", format!("/admin/runs?{long}=1")),
        ("GET", format!("/admin/runs?after={long}")),
    ];
    for paths in [&of_callers[..], &of_operators[..]] {
        for (method, path) in paths {
            let authorization = format!("authorization: Bearer {}", world.token);
            let asked = request(method, path, &[&authorization], b"");
            let what = format!("{method} {}", path.replace(&long, "LONG"));
            world.refuses(&what, &asked).await;
        }
        OPERATOR.clone_into(&mut world.token);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nine_megabytes_of_name_are_not_read() {
    let world = World::new().await;
    let name = "n".repeat(9_000_000);
    let limits = &["request_body", "input", "name"];
    for tool in ["run_action", "describe_action"] {
        let call = world.tool(tool, &format!(r#"{{"action":"{name}"}}"#));
        world.limits_tool(tool, limits, &call).await;
    }
    let body = format!(r#"{{"input":{{"name":"{name}"}}}}"#);
    world
        .limits("a value", &BODY, &world.post(CREATE, body.as_bytes()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_searches_are_refused() {
    let world = World::new().await;
    let limits = &["search", "input", "request_body", "header_size"];
    let words = "create thing ".repeat(4_000);
    let call = world.tool("search_actions", &format!(r#"{{"query":"{words}"}}"#));
    world.limits_tool("words over MCP", limits, &call).await;
    let words = "create thing ".repeat(600_000);
    let call = world.tool("search_actions", &format!(r#"{{"query":"{words}"}}"#));
    world
        .limits_tool("a million words over MCP", limits, &call)
        .await;
    for name in ["q", "query", "keyword"] {
        let path = format!(
            "/v1/actions/search?{name}={}",
            "create+thing+".repeat(2_000)
        );
        let reply = world.refuses("words", &world.get(&path)).await;
        assert!([400, 414].contains(&reply.status), "{}", reply.head);
    }
    let path = format!("/v1/actions/search?q={}", "create+thing+".repeat(20_000));
    world.refuses("a target of 260 kB", &world.get(&path)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_of_many_names_take_linear_time() {
    let world = World::new().await;
    let path = "/v1/local/things.create";
    let limits = &["input", "request_body", "json_values", "parameters"];
    let all = world.form(path, forms(110_000).as_bytes());
    world.limits("110,000 names", limits, &all).await;
    let some = world.form(path, forms(20_000).as_bytes());
    world.refuses("20,000 names", &some).await;
    let repeated = "name=x&".repeat(20_000);
    world
        .refuses(
            "one name 20,000 times",
            &world.form(path, repeated.as_bytes()),
        )
        .await;
    let query = format!("/v1/local/things.create?{}", forms(5_000));
    world.refuses("names in a query", &world.get(&query)).await;
    // The clients hang up at once.
    for _ in 0..4 {
        let mut stream = TcpStream::connect(world.address())
            .await
            .expect("a connection");
        let _ = stream.write_all(&all).await;
    }
    for _ in 0..20 {
        world.healthy().await;
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_and_wide_json_is_refused_while_it_is_read() {
    let world = World::new().await;
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    for (what, limits, value) in [
        ("10 MB of brackets", &BODY[..], nested(5_000_000)),
        ("200 levels of lists", &["json_depth"], nested(200)),
        ("200 levels of objects", &["json_depth"], objects(200)),
        (
            "brackets within the input's budget",
            &["json_depth"],
            "[".repeat(900_000),
        ),
        (
            "300,000 lists",
            &["json_values"],
            format!("[{}[]]", "[],".repeat(300_000)),
        ),
        (
            "200,000 members",
            &["json_values", "input"],
            unknown_members(70_000),
        ),
        (
            "10 MB of lists",
            &BODY[..],
            format!("[{}[]]", "[],".repeat(3_300_000)),
        ),
    ] {
        let body = as_input(&value);
        world.limits(what, limits, &world.post(CREATE, &body)).await;
        let arguments = format!(r#"{{"action":"local.things.create","input":{value}}}"#);
        world
            .limits_tool(
                &format!("{what} over MCP"),
                limits,
                &world.tool("run_action", &arguments),
            )
            .await;
    }
    let text = format!(r#"{{"name":"{}"}}"#, "\\u0061".repeat(150_000));
    let reply = exchange(world.address(), &world.post(CREATE, &as_input(&text))).await;
    assert_eq!(
        reply.expect("an answer").status,
        200,
        "what fits the budgets is taken"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_headers_are_refused_and_no_worker_panics() {
    let world = World::new().await;
    let of = |count: usize| {
        let mut headers = String::from("{");
        for number in 0..count {
            let comma = if number == 0 { "" } else { "," };
            let _ = write!(headers, r#"{comma}"x-{number}":"1""#);
        }
        headers + "}"
    };
    for number in [101, 40_000] {
        let headers = of(number);
        let limits = &["headers", "json_values"];
        let option = format!(r#"{{"input":{{"name":"x"}},"options":{{"headers":{headers}}}}}"#);
        let what = format!("{number} headers");
        world
            .limits(&what, limits, &world.post(CREATE, option.as_bytes()))
            .await;
        let proxied = format!(r#"{{"endpoint":"/x","headers":{headers}}}"#);
        let what = format!("{number} headers at the proxy");
        let proxied = world.post("/v1/proxy/odd", proxied.as_bytes());
        world.limits(&what, limits, &proxied).await;
    }
    let long = format!(
        r#"{{"endpoint":"/x","headers":{{"x-long":"{}"}}}}"#,
        "v".repeat(500_000)
    );
    world
        .refuses(
            "a header of 500 kB",
            &world.post("/v1/proxy/odd", long.as_bytes()),
        )
        .await;

    // Of the request itself, before anything of it is looked at.
    let lines: Vec<_> = (0..200).map(|number| format!("x-{number}: 1")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    world
        .refuses("200 fields", &request("GET", "/v1/actions", &lines, b""))
        .await;
    let long = format!("x-long: {}", "v".repeat(200_000));
    world
        .refuses(
            "a field of 200 kB",
            &request("GET", "/v1/actions", &[&long], b""),
        )
        .await;
    assert!(
        !world.gateway.log().contains("panicked"),
        "{}",
        world.gateway.log()
    );
}

/// The most that answers of many values may take together: the process's own, what is reserved for one
/// at a time, and the text of each of the others.
const MOST_OF_ANSWERS: u64 = 300 << 20;

/// Values of such an answer.
const VALUES: usize = 200_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_of_many_values_take_their_memory_in_turn_and_hold_up_nobody() {
    // The memory of one.
    let setup = setup().env("PLUGWRIGHT_LIMITS_RESPONSE_MEMORY", "20MiB");
    let wide = json_answer(&format!("[{}0]", "0,".repeat(VALUES - 1)));
    let world = World::with(setup, move |_| wide.clone()).await;
    let (world, done) = (&world, &tokio_util::sync::CancellationToken::new());
    let calls = async {
        let call = || {
            world.proxy(
                &world.token,
                "odd",
                json!({ "endpoint": "/x", "method": "GET" }),
            )
        };
        let replies = join_all((0..4).map(|_| call())).await;
        done.cancel();
        replies
    };
    let others = async {
        while !done.is_cancelled() {
            world.healthy().await;
            sleep(Duration::from_millis(50)).await;
        }
    };
    let (replies, ()) = futures_util::future::join(calls, others).await;
    for reply in replies {
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(
            reply.body["data"]["data"].as_array().map(Vec::len),
            Some(VALUES),
            "{}",
            reply.body.to_string().len()
        );
    }
    assert!(world.gateway.limit_hits(&["response_memory"]).await > 0);
    let most = world.gateway.most_memory();
    assert!(most < MOST_OF_ANSWERS, "{} MiB", most >> 20);
}
