"use strict";

const token = document.getElementById("token");
const connector = document.getElementById("connector");
const said = document.getElementById("said");

// The token is sent to this gateway alone.
function authorized(request) {
  const url = new URL(request.url, location.href);
  if (token.value && url.origin === location.origin && !request.headers.Authorization) {
    request.headers.Authorization = `Bearer ${token.value}`;
  }
  return request;
}

async function show() {
  const name = connector.value.trim();
  const path = name ? `/openapi/${encodeURIComponent(name)}.json` : "/openapi.json";
  const request = authorized({ url: path, headers: {} });
  const answer = await fetch(path, { headers: request.headers });
  const document_ = await answer.json();
  if (!answer.ok) {
    said.value = document_.error.message;
    return;
  }
  said.value = "";
  SwaggerUIBundle({
    spec: document_,
    dom_id: "#viewer",
    docExpansion: "none",
    filter: true,
    requestInterceptor: authorized,
    validatorUrl: null,
  });
}

function shown() {
  show().catch((error) => {
    said.value = `The document can't be shown: ${error.message}`;
  });
}

document.getElementById("access").addEventListener("submit", (event) => {
  event.preventDefault();
  shown();
});
shown();
