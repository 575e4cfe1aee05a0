"""Compares planned requests with those that google-api-python-client makes of the same parameters.

Each line of the input is {"document": PATH, "requests": [{"method", "path", "parameters", "body"?, "media"?,
"planned": {"method", "url", "headers", "body"}}]}, where "path" is the path of the imported operation. Each
line of the output is {"problems": [null | TEXT]}.
"""

import base64
import email
import json
import sys
import urllib.parse

import httplib2
from googleapiclient.discovery import build_from_document, fix_method_name, key2param
from googleapiclient.http import MediaInMemoryUpload


def methods(resource, chain=()):
    """Yields the methods of a resource, with the names that lead to each."""
    for name, method in resource.get("methods", {}).items():
        yield chain, name, method
    for name, inner in resource.get("resources", {}).items():
        yield from methods(inner, (*chain, name))


def place(path):
    return "/" + path.lstrip("/").replace("{+", "{")


def locate(document, verb, path):
    """Finds the method that an imported operation was made of."""
    path, _, fragment = path.partition("#")
    path, _, query = path.partition("?")
    found = []
    for chain, name, method in methods(document):
        own = document.get("servicePath", "") + method["path"]
        if query.startswith("uploadType="):
            protocols = method.get("mediaUpload", {}).get("protocols", {})
            own = protocols.get("simple", {}).get("path")
        if own is None or method["httpMethod"] != verb or place(own) != path:
            continue
        tail = method["id"].partition(".")[2] or method["id"]
        if fragment in ("", tail, tail + "Media", tail + "WithMedia"):
            found.append((chain, name, method))
    [only] = found
    return only, query


def expected(document, service, request):
    """Has the client make the request."""
    (chain, name, method), query = locate(document, request["method"], request["path"])
    resource = service
    for part in chain:
        resource = getattr(resource, fix_method_name(part))()
    suffix = "_media" if query == "alt=media" else ""
    arguments = {key2param(key): value for key, value in request["parameters"].items()}
    if "body" in request:
        arguments["body"] = request["body"]
    if "media" in request:
        kind, content = request["media"]
        arguments["media_body"] = MediaInMemoryUpload(base64.b64decode(content), kind)
    made = getattr(resource, fix_method_name(name) + suffix)(**arguments)
    return method, made


def query_of(url, parameters):
    """Returns the pairs of a query; numbers may be written in several ways."""
    pairs = []
    for name, value in urllib.parse.parse_qsl(url.query, keep_blank_values=True):
        about = parameters.get(name, {})
        if about.get("type") == "number":
            value = repr(float(value))
        pairs.append((name, value))
    return sorted(pairs)


def content_of(kind, body):
    """Returns what a body says."""
    if not body:
        return None
    if isinstance(body, str):
        body = body.encode()
    if kind.startswith("multipart/"):
        message = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        parts = message.get_payload()
        return [content_of(part.get_content_type(), part.get_payload(decode=True)) for part in parts]
    if kind.startswith("application/json"):
        return ("json", json.loads(body))
    return (kind, body)


def planned_body(body):
    if "json" in body:
        return json.dumps(body["json"])
    if "base64" in body:
        return base64.b64decode(body["base64"])
    return body.get("text")


def compare(document, service, request):
    method, made = expected(document, service, request)
    planned = request["planned"]
    parameters = {**document.get("parameters", {}), **method.get("parameters", {})}
    ours, theirs = (urllib.parse.urlsplit(url) for url in (planned["url"], made.uri))
    segments = [[urllib.parse.unquote(part) for part in url.path.split("/")] for url in (ours, theirs)]
    query, wanted = query_of(ours, parameters), query_of(theirs, parameters)
    # The client states what is the default.
    if document.get("parameters", {}).get("alt", {}).get("default") == "json":
        wanted = [pair for pair in wanted if pair != ("alt", "json")]
    # The key is a credential, not a parameter.
    if "key" not in request["parameters"]:
        query = [pair for pair in query if pair[0] != "key"]
    headers = {name.lower(): value for name, value in planned["headers"]}
    theirs_headers = {name.lower(): value for name, value in made.headers.items()}
    version = "x-goog-api-version"
    content = content_of(headers.get("content-type", ""), planned_body(planned.get("body") or {}))
    their_content = content_of(theirs_headers.get("content-type", ""), made.body)
    for what, one, other in [
        ("method", planned["method"], made.method),
        ("host", (ours.scheme, ours.netloc), (theirs.scheme, theirs.netloc)),
        ("path", *segments),
        ("query", query, wanted),
        ("version", headers.get(version), theirs_headers.get(version)),
        ("body", content, their_content),
    ]:
        if one != other:
            return f"{what}: {one} is not {other}"
    return None


def judge(line):
    with open(line["document"], encoding="utf-8") as file:
        document = json.load(file)
    # Building changes the document that it is given.
    service = build_from_document(json.dumps(document), http=httplib2.Http())
    problems = []
    for request in line["requests"]:
        try:
            problems.append(compare(document, service, request))
        except Exception as error:  # What the client refuses is a verdict as well.
            problems.append(f"{type(error).__name__}: {error}")
    return {"problems": problems}


for text in sys.stdin:
    print(json.dumps(judge(json.loads(text))), flush=True)
