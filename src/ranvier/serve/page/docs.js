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

fetch("openapi.json").then((response) => response.json()).then((found) => {
  const sections = [];
  for (const [path, methods] of Object.entries(found.paths))
    for (const [method, operation] of Object.entries(methods))
      sections.push(described(method, path, operation));
  document.getElementById("paths").replaceChildren(...sections);
}).catch((error) => { document.getElementById("error").textContent = error.message; });
