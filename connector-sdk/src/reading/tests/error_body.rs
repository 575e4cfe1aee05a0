use proptest::prelude::*;

use super::*;

fn said(body: &str) -> Option<String> {
    sentence(body.as_bytes(), None)
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn finds_the_sentence_in_json() {
    for (body, expected) in [
        // GitHub, Stripe, Notion, OpenAI, Microsoft Graph.
        (
            r#"{"message":"Not Found","documentation_url":"https://x"}"#,
            "Not Found",
        ),
        (
            r#"{"message":"Validation Failed","errors":[{"resource":"Issue","field":"title","code":"missing_field"}]}"#,
            "Validation Failed",
        ),
        (
            r#"{"message":"Validation Failed","errors":[{"code":"custom","message":"A pull request exists"}]}"#,
            "Validation Failed: A pull request exists",
        ),
        (
            r#"{"error":{"type":"card_error","code":"card_declined","message":"Your card was declined."}}"#,
            "Your card was declined.",
        ),
        (r#"{"error":{"error":{"message":"deep"}}}"#, "deep"),
        (
            r#"{"Message":"The request is invalid."}"#,
            "The request is invalid.",
        ),
        (r#"{"errorMessage":"no such user"}"#, "no such user"),
        (
            r#"{"ok":false,"error":"channel_not_found"}"#,
            "channel_not_found",
        ),
        (
            r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#,
            "Bad Request: chat not found",
        ),
        (r#"{"msg":"no"}"#, "no"),
        // RFC 6749, section 5.2.
        (
            r#"{"error":"invalid_grant","error_description":"Token has been revoked."}"#,
            "Token has been revoked.",
        ),
        (
            r#"{"error":"invalid_grant","error_description":""}"#,
            "invalid_grant",
        ),
        // Rails, Laravel, Django REST framework, NestJS, FastAPI, Spring.
        (
            r#"{"errors":{"email":["has already been taken"],"name":["is too short","is odd"]}}"#,
            "email: has already been taken; name: is too short; is odd",
        ),
        (r#"{"errors":{"base":["Cart is empty"]}}"#, "Cart is empty"),
        (
            r#"{"message":"The given data was invalid.","errors":{"email":["The email field is required."]}}"#,
            "The given data was invalid: email: The email field is required.",
        ),
        (r#"{"errors":["First","Second"]}"#, "First; Second"),
        (r#"{"errors":"Not allowed"}"#, "Not allowed"),
        (
            r#"{"email":["This field is required."],"non_field_errors":["Too late."]}"#,
            "email: This field is required.; Too late.",
        ),
        (
            r#"{"detail":"Authentication credentials were not provided."}"#,
            "Authentication credentials were not provided.",
        ),
        (
            r#"{"statusCode":400,"message":["name should not be empty"],"error":"Bad Request"}"#,
            "name should not be empty",
        ),
        (
            r#"{"detail":[{"loc":["body","email"],"msg":"field required","type":"value_error.missing"}]}"#,
            "email: field required",
        ),
        (
            r#"{"timestamp":"2026-01-01","status":404,"error":"Not Found","message":"","path":"/x"}"#,
            "Not Found",
        ),
        // RFC 9457.
        (
            r#"{"type":"about:blank","title":"Out of credit","status":403,"detail":"Your balance is 30."}"#,
            "Your balance is 30.",
        ),
        (
            r#"{"type":"about:blank","title":"Out of credit","status":403}"#,
            "Out of credit",
        ),
        (
            r#"{"title":"Your request is not valid.","invalid-params":[{"name":"age","reason":"must be positive"}]}"#,
            "Your request is not valid: age: must be positive",
        ),
        (
            r#"{"title":"One or more validation errors occurred.","status":400,"errors":{"Id":["The value is required."]}}"#,
            "Id: The value is required.",
        ),
        // JSON:API, GraphQL, lists at the top (Salesforce).
        (
            r#"{"errors":[{"status":"422","title":"Invalid","detail":"Name is too long","source":{"pointer":"/data"}}]}"#,
            "Name is too long",
        ),
        (r#"{"errors":[{"title":"Invalid"}]}"#, "Invalid"),
        (
            r#"{"data":null,"errors":[{"message":"Cannot query field","locations":[{"line":1}]}]}"#,
            "Cannot query field",
        ),
        (
            r#"[{"message":"Session expired","errorCode":"INVALID_SESSION_ID"}]"#,
            "Session expired",
        ),
        // Apigee, SOAP in JSON, Google, AWS, Jira, Zendesk, Okta, Elasticsearch.
        (
            r#"{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}"#,
            "Invalid ApiKey",
        ),
        (
            r#"{"fault":{"message":"Broken","detail":"The pipe is full"}}"#,
            "Broken: The pipe is full",
        ),
        // OData 2 to 4, FHIR, Discord, Xero, Web API, Spring, Intuit, HAL, nested fields.
        (
            r#"{"error":{"code":"SY/530","message":{"lang":"en","value":"Resource not found"}}}"#,
            "Resource not found",
        ),
        (
            r#"{"odata.error":{"code":"","message":{"lang":"en-US","value":"No such entity"}}}"#,
            "No such entity",
        ),
        (
            r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"Unknown parameter"},{"severity":"error","details":{"text":"Too old"}}]}"#,
            "Unknown parameter; Too old",
        ),
        (
            r#"{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_REQUIRED","message":"This field is required"}]}}}}}"#,
            "Invalid Form Body: embeds: 0: This field is required",
        ),
        (
            r#"{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred","Elements":[{"ValidationErrors":[{"Message":"Email is invalid"}]}]}"#,
            "A validation exception occurred: Email is invalid",
        ),
        (
            r#"{"Message":"The request is invalid.","ModelState":{"order.Name":["The Name field is required."]}}"#,
            "The request is invalid: order.Name: The Name field is required.",
        ),
        (
            r#"{"status":400,"error":"Bad Request","message":"Validation failed","errors":[{"codes":["NotBlank"],"defaultMessage":"must not be blank","field":"name","rejectedValue":""}]}"#,
            "Validation failed: name: must not be blank",
        ),
        (
            r#"{"Fault":{"Error":[{"Message":"Required param missing","Detail":"Line is missing","code":"2020"}],"type":"ValidationFault"}}"#,
            "Required param missing: Line is missing",
        ),
        (
            r#"{"message":"Validation failed","_embedded":{"errors":[{"message":"name is empty"}]}}"#,
            "Validation failed: name is empty",
        ),
        (
            r#"{"address":{"street":["This field is required."]},"items":[{},{"count":["Not a number."]}]}"#,
            "address: street: This field is required.; items: count: Not a number.",
        ),
        (r#"{"err":"no such room"}"#, "no such room"),
        (r#"{"errcode":1,"errmsg":"invalid id"}"#, "invalid id"),
        // It is not JSON, and still to be read.
        (
            r#"{"errors":["First, ]",{"message":"Second",},],}"#,
            "First, ]; Second",
        ),
        (
            r#"{"error":{"code":403,"message":"Rate Limit Exceeded","errors":[{"domain":"usageLimits","reason":"rateLimitExceeded","message":"Rate Limit Exceeded"}],"status":"PERMISSION_DENIED"}}"#,
            "Rate Limit Exceeded",
        ),
        (
            r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#,
            "API key not valid.",
        ),
        (
            r#"{"error":{"message":"Invalid.","details":[{"@type":"x/google.rpc.BadRequest","fieldViolations":[{"field":"q","description":"Too long"}]}]}}"#,
            "Invalid: q: Too long",
        ),
        (
            r#"{"__type":"com.amazonaws#ValidationException","message":"1 validation error detected"}"#,
            "1 validation error detected",
        ),
        (
            r#"{"errorMessages":[],"errors":{"project":"project is required"}}"#,
            "project: project is required",
        ),
        (
            r#"{"errorMessages":["Issue does not exist"],"errors":{}}"#,
            "Issue does not exist",
        ),
        (
            r#"{"errorCode":"E0000001","errorSummary":"Api validation failed","errorCauses":[{"errorSummary":"login: taken"}]}"#,
            "Api validation failed: login: taken",
        ),
        (
            r#"{"error":{"root_cause":[{"reason":"no such index"}],"reason":"no such index [x]"},"status":404}"#,
            "no such index [x]",
        ),
        // JSON in a text, with a mark, or by parts.
        (
            r#"{"message":"{\"error\":{\"message\":\"inner\"}}"}"#,
            "inner",
        ),
        ("\u{feff}{\"message\":\"marked\"}", "marked"),
        (
            r#"{"message":"two\nlines\u0000 and\t\u202emore"}"#,
            "two lines and more",
        ),
        (r#""only a text""#, "only a text"),
        // What has no sentence is told as it is.
        (r#"{"code": 7}"#, r#"{"code": 7}"#),
        ("{broken", "{broken"),
    ] {
        assert_eq!(said(body).as_deref(), Some(expected), "{body}");
    }
}

#[test]
fn finds_the_sentence_in_markup_forms_and_text() {
    for (body, expected) in [
        (
            "<html>\r\n<head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr>nginx</body></html>",
            "502 Bad Gateway",
        ),
        (
            "<!DOCTYPE html><title lang=en>\n Access&nbsp;denied &amp; logged &#8211; &#x27;x&#x27; </title>",
            "Access denied & logged – 'x'",
        ),
        (
            "<HTML><BODY><H1>Not <b>Found</b></H1><p>x</p></BODY></HTML>",
            "Not Found",
        ),
        (
            "<!DOCTYPE HTML>\n<html><head><title>Jupyter Server</title></head><body><h1>404 : Not Found</h1><p>You are requesting a page that does not exist!</p></body></html>",
            "Jupyter Server: 404 : Not Found",
        ),
        (
            r#"{"message":"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"}"#,
            "502 Bad Gateway",
        ),
        (
            "<html><title></title><style>h1{}</style><script>alert(1)</script><p>Only text</p></html>",
            "Only text",
        ),
        (
            "<error code='7' data-message=\"x\" message='Name is &quot;a&quot;'/>",
            "Name is \"a\"",
        ),
        (
            "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>",
            "The key does not exist.",
        ),
        (
            "<soap:Envelope><soap:Body><soap:Fault><faultcode>x</faultcode><faultstring>Bad <![CDATA[<input>]]></faultstring></soap:Fault></soap:Body></soap:Envelope>",
            "Bad <input>",
        ),
        (
            "<s:Fault><s:Reason><s:Text xml:lang=\"en\">Sender error</s:Text></s:Reason></s:Fault>",
            "Sender error",
        ),
        (
            "<problem xmlns=\"urn:ietf:rfc:7807\"><title>Out of credit</title><detail>Too poor.</detail></problem>",
            "Too poor.",
        ),
        (
            "<?xml version=\"1.0\"?><!DOCTYPE error [<!ENTITY html \"b>\"> <!ELEMENT error (message)>\n] ><error><message>No such pet</message></error>",
            "No such pet",
        ),
        (
            "<!DOCTYPE error SYSTEM \"error.dtd\"><error><message>Too many pets</message></error>",
            "Too many pets",
        ),
        ("<a>b</a>", "b"),
        (
            "error=access_denied&error_description=The+user+said+no%21",
            "The user said no!",
        ),
        ("  Service\n unavailable ", "Service unavailable"),
        ("a & b", "a & b"),
    ] {
        assert_eq!(said(body).as_deref(), Some(expected), "{body}");
    }
    let latin = sentence(
        b"Acc\xe8s refus\xe9",
        Some(b"text/plain; charset=iso-8859-1"),
    );
    assert_eq!(latin.as_deref(), Some("Accès refusé"));
}

#[test]
fn says_nothing_where_nothing_is_said() {
    for body in [
        &b""[..],
        b" \n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"<p></p>",
    ] {
        assert_eq!(sentence(body, None), None, "{}", body.escape_ascii());
    }
}

#[test]
fn a_long_sentence_is_cut() {
    let long = said(&format!(r#"{{"message":"{}"}}"#, "é".repeat(5_000_000))).unwrap();
    assert_eq!(long.chars().count(), LONGEST);
    let many = serde_json::json!({ "errors": vec!["same"; 1000] }).to_string();
    assert_eq!(said(&many).as_deref(), Some("same"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "errors", "error", "message", "details", "detail", "field", "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,30}".prop_map(Value::from)
    ];
    leaf.prop_recursive(8, 64, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..4).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

fn is_one_short_line(said: Option<String>) -> bool {
    said.is_none_or(|said| {
        let count = said.chars().count();
        (1..=LONGEST).contains(&count) && !said.chars().any(char::is_control)
    })
}

proptest! {
    #[test]
    fn any_body_says_one_short_line(body in any::<Vec<u8>>(), text in "[<>/&;#a-z \"{}:\\[\\],\n]{0,80}", json in any_json()) {
        prop_assert!(is_one_short_line(sentence(&body, None)));
        prop_assert!(is_one_short_line(said(&text)));
        prop_assert!(is_one_short_line(said(&json.to_string())));
    }

    #[test]
    fn a_message_is_told_as_it_is(message in "[a-zA-Z][a-zA-Z .]{0,40}[a-z]") {
        let expected = line(&message, LONGEST);
        let body = serde_json::json!({ "error": { "message": message } }).to_string();
        prop_assert_eq!(said(&body), Some(expected));
    }
}
