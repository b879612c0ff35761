"use strict";
const SHOWN = 3;  // models of which an example is shown
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function described(method, path, operation) {
  const parts = [make("h2", {}, `${method.toUpperCase()} ${path}`), make("p", {}, operation.summary || "")];
  const content = (operation.requestBody || {}).content || {};
  const kinds = Object.keys(content);
  if (kinds.length) parts.push(make("p", {className: "soft"}, "Takes " + kinds.join(", ")));
  const examples = Object.entries((content["application/json"] || {}).examples || {});
  for (const [name, example] of examples.slice(0, SHOWN))
    parts.push(make("p", {className: "soft"}, name), make("pre", {}, JSON.stringify(example.value)));
  if (examples.length > SHOWN)
    parts.push(make("p", {className: "soft"}, `and so on, for ${examples.length} models`));
  parts.push(make("p", {className: "soft"}, "Answers " + Object.keys(operation.responses).join(", ")));
  return make("section", {}, ...parts);
}

const $ = (id) => document.getElementById(id);

async function start(token) {
  const headers = token ? {Authorization: "Bearer " + token} : {};
  const response = await fetch("openapi.json", {headers});
  const found = await response.json();
  $("locked").hidden = response.status !== 401;
  const wrong = token ? "This is not the token that the server was given." : "";
  $("error").textContent = response.status === 401 ? wrong : response.ok ? "" : found.error;
  if (!response.ok) return;
  if (token) {  // which a link does not send
    const text = new Blob([JSON.stringify(found, null, 1)], {type: "application/json"});
    $("raw").href = URL.createObjectURL(text);
  }
  const sections = [];
  for (const [path, methods] of Object.entries(found.paths))
    for (const [method, operation] of Object.entries(methods))
      sections.push(described(method, path, operation));
  $("paths").replaceChildren(...sections);
}

function open(token) {
  start(token).catch((error) => { $("error").textContent = error.message; });
}

$("locked").addEventListener("submit", (e) => { e.preventDefault(); open($("token").value.trim()); });
open("");
