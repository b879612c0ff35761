"use strict";
// Nothing of a model or an answer is ever put into the page as HTML, but for the explanations of
// texts, whose words the server has escaped.
const $ = (id) => document.getElementById(id);
const SHOWN = 12;  // classes
const VERBS = {prompt: "Write", generation: "Make", forecast: "Forecast"};
let token = "", models = [], model = null, picture = null, busy = false;

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

async function call(path, body, type) {
  const headers = token ? {Authorization: "Bearer " + token} : {};
  if (type) headers["Content-Type"] = type;
  const response = await fetch(path, body === undefined ? {headers} : {method: "POST", headers, body});
  const found = await response.json().catch(() => ({error: "The answer is no JSON."}));
  if (response.ok) return found;
  const error = new Error(found.error || response.statusText);
  error.status = response.status;
  throw error;
}

function fail(error) { $("error").textContent = error ? error.message : ""; }

async function start() {
  try {
    models = (await call("models")).models;
    $("locked").hidden = true; $("open").hidden = false; fail(null);
    $("model").replaceChildren(...models.map((m) => make("option", {value: m.name}, m.name)));
    choose();
  } catch (error) {
    const locked = error.status === 401;
    $("locked").hidden = !locked; $("open").hidden = true;
    if (locked) fail(token ? new Error("This is not the token that the server was given.") : null);
    else fail(error);
  }
}

function choose() {
  model = models.find((m) => m.name === $("model").value);
  picture = null;
  const form = model.form, told = model.parameters;
  $("about").textContent = [told.family, told.task, "version " + model.versions[0]].join(" · ");
  clear();
  $("go").textContent = VERBS[form.kind] || "Predict";
  $("why").hidden = !form.explains;
  $("fields").replaceChildren(...fields(form));
}

function clear() { $("answer").replaceChildren(); $("reason").replaceChildren(); fail(null); }

function fields(form) {
  return form.beside ? [...own(form), table(form.beside)] : own(form);
}

function own(form) {
  if (form.kind === "table") return [table(form.columns)];
  if (form.files) return [drop(form.kind)];
  if (form.kind === "text") {
    const names = form.parts || (form.pairs ? ["first text", "second text"] : ["text"]);
    return names.map((name) => make("label", {}, name,
      make("textarea", {className: "text", rows: 5})));
  }
  if (form.kind === "prompt") return [
    make("textarea", {id: "prompt", rows: 5, ariaLabel: "prompt"}),
    make("label", {}, "Tokens ", make("input", {id: "count", type: "number", value: 100, min: 1}))];
  if (form.kind === "generation") return [
    make("label", {}, "How many ", make("input", {id: "count", type: "number", value: 8, min: 1})),
    make("label", {}, "Seed ", make("input", {id: "seed", type: "number", value: 0, min: 0})),
    make("label", {}, "Class ", make("select", {id: "label"}, make("option", {value: ""}, "any"),
      ...form.classes.map((c) => make("option", {value: String(c)}, String(c)))))];
  if (form.kind === "forecast") return [
    make("label", {}, "Steps ahead, empty: as in training",
      make("input", {id: "count", type: "number", min: 1}))];
  return [make("textarea", {id: "json", rows: 6, ariaLabel: "rows as JSON",
    placeholder: "rows as JSON, such as [[[0.1], [0.2]]]"})];
}

function table(columns) {
  const cells = columns.map((column) => {
    const list = column.choices || (column.kind === "boolean" ? ["true", "false"] : null);
    const cell = list
      ? make("select", {}, make("option", {value: ""}, ""),
          ...list.map((c) => make("option", {value: c}, c)))
      : make("input", {placeholder: column.kind === "numeric" ? "number" : column.example || column.kind});
    cell.dataset.column = column.name;
    return make("label", {}, column.name, cell);
  });
  const paste = make("input", {placeholder: "paste a row: values between commas or tabs"});
  const told = make("p", {className: "alarm", role: "alert"});
  paste.addEventListener("input", () => {
    const separator = ["\t", ";"].find((mark) => paste.value.includes(mark)) || ",";
    const values = paste.value.split(separator).map((value) => value.trim());
    told.textContent = ""; fail(null);
    if (paste.value.trim() === "") return;
    if (values.length !== columns.length) {
      told.textContent = `A row has ${columns.length} values; this one has ${values.length}.`;
      return;
    }
    const unknown = [];
    cells.forEach((label, n) => {
      const cell = label.querySelector("[data-column]");
      const known = cell.options && [...cell.options].find((o) => same(o.value, values[n]));
      cell.value = known ? known.value : values[n];
      if (cell.options && !known) unknown.push(`${values[n]} (${columns[n].name})`);
    });
    if (unknown.length) told.textContent = `Unknown, and left empty: ${unknown.join(", ")}.`;
  });
  return make("div", {}, make("label", {}, "A row", paste), told,
    make("div", {className: "fields"}, ...cells));
}

function same(one, other) { return one.toLowerCase() === other.toLowerCase(); }

function drop(kind) {
  const file = make("input", {type: "file", accept: `${kind === "sound" ? "audio" : "image"}/*`,
    ariaLabel: `a ${kind}`});
  const shown = make("div", {});
  const place = make("div", {className: "drop"}, `Drop a ${kind} here, or choose one`, file, shown);
  const take = (chosen) => {
    if (!chosen) return;
    picture = chosen;
    clear();
    const seen = make("img", {src: URL.createObjectURL(chosen), alt: chosen.name});
    seen.addEventListener("error", () => shown.replaceChildren(chosen.name));
    shown.replaceChildren(seen);
  };
  file.addEventListener("change", () => take(file.files[0]));
  for (const event of ["dragover", "dragleave", "drop"]) place.addEventListener(event, (e) => {
    e.preventDefault();
    place.classList.toggle("over", event === "dragover");
    if (event !== "drop" || !e.dataTransfer.files.length) return;
    file.files = e.dataTransfer.files;
    take(file.files[0]);
  });
  return place;
}

function asked() {
  const form = model.form;
  if (form.files) {
    if (!picture) throw new Error(`Choose a ${form.kind} first.`);
    const data = new FormData();
    data.append("file", picture);
    for (const [name, cell] of Object.entries(cells())) if (cell !== null) data.append(name, cell);
    return [data, null];
  }
  let body;
  const number = (id) => $(id).value === "" ? undefined : Number($(id).value);
  if (form.kind === "table") body = {rows: [cells()]};
  else if (form.kind === "text") {
    const texts = [...document.querySelectorAll(".text")].map((area) => area.value);
    if (form.beside) body = {rows: [{...cells(), ...named(form.parts, texts)}]};
    else body = {rows: [form.pairs ? texts : texts[0]]};
  } else if (form.kind === "prompt") body = {prompt: $("prompt").value, max_tokens: number("count")};
  else if (form.kind === "generation") {
    body = {count: number("count"), seed: number("seed")};
    if ($("label").value) body.label = $("label").value;
  } else if (form.kind === "forecast") body = {horizon: number("count")};
  else body = {rows: rows($("json").value, form)};
  return [JSON.stringify(body), "application/json"];
}

function cells() {
  const row = {};
  for (const cell of document.querySelectorAll("[data-column]"))
    row[cell.dataset.column] = cell.value.trim() === "" ? null : cell.value.trim();
  return row;
}

function named(names, texts) {
  return Object.fromEntries(names.map((name, n) => [name, texts[n] || ""]));
}

// What of the columns beside a row does not say itself, the cells of the page say.
function rows(text, form) {
  let found;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`The rows must be JSON: ${error.message}.`);
  }
  if (!form.beside || !Array.isArray(found)) return found;
  const whole = (row) => row !== null && typeof row === "object" && !Array.isArray(row);
  return found.map((row) => ({...cells(), ...(whole(row) ? row : {[form.parts[0]]: row})}));
}

function word(value) {
  if (typeof value === "number") return String(Number(value.toPrecision(5)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

// Lists of one length, by name, side by side.
function columns(found) {
  const names = Object.keys(found);
  const cell = (value) => [value].flat(9).map(word).join(", ");
  const head = make("tr", {}, ...names.map((name) => make("th", {}, name)));
  const body = found[names[0]].map((_, row) =>
    make("tr", {}, ...names.map((name) => make("td", {}, cell(found[name][row])))));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
}

function bars(rows, most) {
  return make("table", {}, make("tbody", {}, ...rows.map(([name, value, text]) => {
    const bar = make("div", {className: value < 0 ? "bar against" : "bar"});
    bar.style.width = (100 * Math.abs(value) / (most || 1)).toFixed(1) + "%";
    return make("tr", {}, make("td", {className: "name"}, String(name)), make("td", {className: "bars"}, bar),
      make("td", {className: "n"}, text));
  })));
}

function answered(found) {
  const parts = [];
  if (found.pictures) parts.push(make("div", {className: "made"},
    ...found.pictures.map((p) => make("img", {src: p, alt: "made"}))));
  if (found.text !== undefined) parts.push(make("pre", {}, found.text));
  if (found.predictions) {
    parts.push(make("p", {className: "lead"}, word(found.predictions[0])));
    const shares = found.probabilities && found.probabilities[0];
    if (shares) {
      const names = found.classes;
      const rows = shares.map((share, n) => [names[n] ?? n, share, (100 * share).toFixed(1) + " %"]);
      rows.sort((a, b) => b[1] - a[1]);
      parts.push(bars(rows.slice(0, SHOWN), 1));
    }
  } else if (!parts.length) {
    const {model: _, version: __, ...rest} = found;
    parts.push(columns(rest));
  }
  $("answer").replaceChildren(...parts);
}

function explained(found) {
  const whom = found.explained ? `Why ${found.explained}` : "Why";
  const parts = [make("h2", {}, whom)];
  if (found.effects) {
    const most = Math.max(...found.effects.map((e) => Math.abs(e[1])));
    parts.push(make("p", {className: "soft"}, `What each column added to the ${found.unit}: ` +
      `from ${word(found.baseline)} for the average row to ${word(found.output)}.`));
    parts.push(bars(found.effects.map(([name, v]) => [name, v, (v > 0 ? "+" : "") + word(v)]), most));
  } else if (found.picture) {
    parts.push(make("p", {className: "soft"},
      "The picture; what spoke for and against, by pixel; and by region."));
    parts.push(make("img", {src: found.picture, className: "wide",
      alt: "picture, saliency, regions"}));
  } else if (found.html) {
    parts.push(make("style", {}, found.style), make("div", {className: "why", innerHTML: found.html}));
  }
  $("reason").replaceChildren(...parts);
}

async function send(way, show) {
  if (busy) return;
  const whom = model;
  fail(null);
  busy = true; $("rows").ariaBusy = true;
  try {
    const [body, type] = asked();
    const found = await call(`models/${encodeURIComponent(whom.name)}/${way}`, body, type);
    if (model === whom) show(found);
  } catch (error) {
    if (model !== whom) return;
    clear();
    fail(error);
  } finally { busy = false; $("rows").ariaBusy = false; }
}

$("locked").addEventListener("submit", (e) => {
  e.preventDefault(); token = $("token").value.trim(); start();
});
$("model").addEventListener("change", choose);
$("rows").addEventListener("submit", (e) => {
  e.preventDefault(); $("reason").replaceChildren(); send("predict", answered);
});
$("why").addEventListener("click", () => send("explain", explained));
start();
