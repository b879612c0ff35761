"use strict";
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
  const schema = (content["application/json"] || {}).schema;
  if (schema) parts.push(make("pre", {}, JSON.stringify(schema.example || schema, null, 1)));
  parts.push(make("p", {className: "soft"}, "Answers " + Object.keys(operation.responses).join(", ")));
  return make("section", {}, ...parts);
}

const $ = (id) => document.getElementById(id);

async function start(token) {
  const headers = token ? {Authorization: "Bearer " + token} : {};
  const response = await fetch("openapi.json", {headers});
  const found = await response.json();
  $("locked").hidden = response.status !== 401;
  $("error").textContent = response.ok || (response.status === 401 && !token) ? "" : found.error;
  if (!response.ok) return;
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
