// The live page: one stream of events keeps every section up to date. All data is set as text, never parsed as HTML.

import { barChart, lineChart, sparkline, MAX_BARS, MAX_LINES } from "/charts.js";

const SPARK_SPAN = 5 * 60 * 1000;
const TABLE_ROWS = 100;
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });
const rate = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const cards = new Map();
const history = new Map();
let statusSeen = false;

start();

async function start() {
  if (location.search.includes("token=")) window.history.replaceState(null, "", "/");
  const { views } = await (await fetch("/views")).json();
  showCatalogue(views);
  document.getElementById("view-list").replaceChildren(
    ...(views.length ? views.map(view => card(view)) : [element("p", "empty", "This server has no views.")]));
  setInterval(showAges, 1000);
  new ResizeObserver(() => cards.forEach(drawChart)).observe(document.getElementById("view-list"));
  follow();
}

function follow() {
  const events = new EventSource("/events");
  events.addEventListener("open", () => connection("good", "live"));
  events.addEventListener("status", event => showStatus(JSON.parse(event.data)));
  events.addEventListener("view", event => {
    showView(JSON.parse(event.data));
    if (!statusSeen) showNoStatus();
  });
  events.addEventListener("unavailable", event => showUnavailable(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    connection("waiting", "reconnecting");
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}

function connection(kind, text) {
  const pill = document.getElementById("connection");
  document.body.classList.toggle("stale", kind !== "good");
  pill.className = `pill ${kind}`;
  if (pill.textContent !== text) pill.textContent = text;
}

// Stages

function showStatus(status) {
  statusSeen = true;
  showSummary(status);
  const list = document.getElementById("stage-list");
  list.replaceChildren(...(status.stages.length
    ? status.stages.map(stage => stageCard(stage, Date.parse(status.asOf), list))
    : [element("p", "empty", "No stage runs in this process.")]));
  showLetters(status.recentDeadLetters);
}

function showNoStatus() {
  const text = "This server was started without a status, so it only knows its views.";
  document.getElementById("stage-list").replaceChildren(element("p", "empty", text));
  document.getElementById("letter-list").replaceChildren(element("p", "empty", text));
}

function showSummary(status) {
  const sum = pick => status.stages.reduce((total, stage) => total + (pick(stage) ?? 0), 0);
  const healthy = status.stages.filter(stage => healthKind(stage.health) === "good").length;
  const letters = sum(stage => stage.deadLetters);
  const summary = document.getElementById("summary");
  summary.hidden = false;
  summary.replaceChildren(
    tile("Records per second, all stages", rate.format(sum(stage => stage.recordsPerSecond))),
    tile("Lag", number.format(sum(stage => stage.lag))),
    tile("Dead letters", number.format(letters), letters > 0 ? "bad" : ""),
    tile("Healthy stages", `${healthy} of ${status.stages.length}`, healthy < status.stages.length ? "bad" : ""));
}

function stageCard(stage, now, list) {
  const points = history.get(stage.name) ?? [];
  points.push({ at: now, value: stage.recordsPerSecond });
  while (points[0].at < now - SPARK_SPAN) points.shift();
  history.set(stage.name, points);
  // A page that was just opened has little to show, so the time axis grows to its five minutes.
  const span = Math.min(SPARK_SPAN, Math.max(60000, now - points[0].at));
  const box = element("article", "panel stage");
  const head = element("header");
  const title = element("div");
  title.append(heading(stage.name),
    element("p", "flow", `${stage.kind}: ${stage.sources.join(", ")} → ${stage.targets.join(", ") || "nothing"}`));
  head.append(title, element("span", `pill ${healthKind(stage.health)}`, stage.health.toLowerCase()));
  const numbers = element("dl", "numbers");
  numbers.append(
    tile("per second", rate.format(stage.recordsPerSecond)),
    tile("lag", stage.lag === null ? "unknown" : number.format(stage.lag)),
    tile("committed", number.format(stage.committed)),
    tile("dead letters", number.format(stage.deadLetters), stage.deadLetters > 0 ? "bad" : ""));
  const columns = Math.max(1, Math.floor((list.clientWidth + 12) / (Math.min(list.clientWidth, 384) + 12)));
  const width = Math.max(120, Math.floor(list.clientWidth / columns) - 46);
  box.append(head, sparkline(width, points, span, `Records per second of ${stage.name}`), numbers);
  return box;
}

function healthKind(health) {
  const word = health.toLowerCase().split(/[^a-z]/, 1)[0];
  if (["running", "healthy", "ok", "up", "ready"].includes(word)) return "good";
  return ["failed", "dead", "down", "unhealthy", "error", "stopped"].includes(word) ? "bad" : "waiting";
}

function showLetters(letters) {
  const list = document.getElementById("letter-list");
  if (!letters.length) {
    list.replaceChildren(element("p", "empty", "No dead letters. Records that a stage gives up appear here with the reason."));
    return;
  }
  const table = element("table", "letters");
  const names = ["When", "Reason", "Detail", "Position", "Stage", "Kept in"];
  table.append(headerRow(names));
  const body = table.createTBody();
  for (const letter of letters) {
    const row = body.insertRow();
    row.append(
      cell(letter.at, "timestamp"), element("td", "code", letter.reason), element("td", "", letter.detail),
      element("td", "code", `${letter.topic}-${letter.partition}@${letter.offset}`),
      element("td", "", letter.stage), element("td", "code", letter.deadLetterTopic));
    // Shown on narrow screens, where there is no header row.
    [...row.cells].forEach((made, i) => { made.dataset.label = names[i]; });
  }
  const box = element("div", "panel scroll letters-box");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Recent dead letters");
  box.append(table);
  list.replaceChildren(box);
}

// Views

function card(view) {
  const box = element("article", "panel card");
  box.id = `view-${view.name}`;
  const head = element("div", "card-head");
  const title = element("div");
  title.append(heading(view.name));
  if (view.description) title.append(element("p", "", view.description));
  const state = element("span", "pill waiting", "waiting");
  head.append(title, state);
  const age = element("span", "age", "no data yet");
  const groups = element("span");
  const meta = element("p", "meta");
  meta.append(age, groups);
  const trouble = element("p", "trouble");
  trouble.hidden = true;
  const chart = element("div", "chart");
  const note = element("p", "note");
  const table = element("table");
  table.append(headerRow(view.columns.map(column => column.name), view.columns.map(column => isNumeric(column.type))));
  const body = table.createTBody();
  const scroll = element("div", "scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", `Rows of ${view.name}`);
  scroll.append(table);
  box.append(head, meta, trouble, chart, note, scroll);
  cards.set(view.name, { view, state, age, groups, trouble, chart, note, body, answer: null });
  return box;
}

function showView(answer) {
  const shown = cards.get(answer.view);
  if (!shown) return;
  shown.answer = answer;
  shown.trouble.hidden = true;
  shown.state.className = `pill ${answer.complete ? "good" : "waiting"}`;
  shown.state.textContent = answer.complete ? "complete" : "filling";
  shown.state.title = answer.complete ? "Every shard of the source has begun to flow in" : "A shard of the source has not begun to flow in";
  shown.groups.textContent = `${number.format(answer.groups)} ${answer.groups === 1 ? "group" : "groups"}`;
  const rows = answer.rows.slice(0, TABLE_ROWS);
  shown.body.replaceChildren(...rows.map(row => {
    const line = document.createElement("tr");
    line.append(...shown.view.columns.map(column => cell(row[column.name], column.type)));
    return line;
  }));
  drawChart(shown);
  showAge(shown);
}

function showUnavailable(event) {
  if (event.name === "status") return;
  const shown = cards.get(event.name);
  if (!shown) return;
  shown.state.className = "pill bad";
  shown.state.textContent = "unavailable";
  shown.trouble.hidden = false;
  shown.trouble.textContent = "The view cannot be read now; the log of the server says why."
    + (shown.answer ? " What is shown is what was read last." : "");
}

/** A line chart if a group column is a time, bars if groups have names, large numbers for totals, else nothing. */
function drawChart(shown) {
  const { view, answer, chart, note } = shown;
  if (!answer) return;
  const measure = view.measures.find(candidate => isNumeric(candidate.type));
  const groups = view.columns.filter(column => view.groupBy.includes(column.name));
  const time = groups.find(column => column.type === "date" || column.type === "timestamp");
  const rows = measure ? answer.rows.filter(row => Number.isFinite(Number(row[measure.name])) && row[measure.name] !== null) : [];
  const width = Math.floor(chart.clientWidth);
  const notes = [];
  if (answer.rows.length > TABLE_ROWS || answer.truncated) {
    notes.push(`The table shows ${number.format(Math.min(TABLE_ROWS, answer.rows.length))} of ${number.format(answer.groups)} groups.`);
  }
  if (!groups.length && answer.rows.length) {
    const totals = element("dl", "totals");
    view.columns.forEach(column => totals.append(tile(column.name, cell(answer.rows[0][column.name], column.type).textContent)));
    chart.replaceChildren(totals);
  } else if (!rows.length || !groups.length || width < 80) {
    chart.replaceChildren();
  } else if (time) {
    const others = groups.filter(column => column !== time);
    const lines = linesOf(rows, time, others, measure);
    const drawn = lines.slice(0, MAX_LINES);
    const legend = others.length ? [legendOf(drawn)] : [];
    chart.replaceChildren(...legend, lineChart(width, drawn, `${measure.name} by ${time.name}`));
    if (lines.length > drawn.length) notes.unshift(`The chart shows the ${MAX_LINES} largest of ${lines.length} series.`);
    notes.unshift(`${measure.name} by ${time.name}, UTC.`);
  } else {
    const bars = rows.map(row => ({ label: groups.map(column => String(row[column.name])).join(" · "), value: Number(row[measure.name]) }))
      .sort((left, right) => right.value - left.value).slice(0, MAX_BARS);
    chart.replaceChildren(barChart(width, bars, `${measure.name} by ${groups.map(column => column.name).join(", ")}`));
    notes.unshift(answer.groups > bars.length
      ? `The chart shows the top ${bars.length} of ${number.format(answer.groups)} groups by ${measure.name}.`
      : `${measure.name} by ${groups.map(column => column.name).join(", ")}.`);
  }
  note.textContent = notes.join(" ");
  note.hidden = !notes.length;
}

function linesOf(rows, time, others, measure) {
  const lines = new Map();
  for (const row of rows) {
    const label = others.map(column => String(row[column.name])).join(" · ");
    if (!lines.has(label)) lines.set(label, { label, total: 0, points: [] });
    const line = lines.get(label);
    line.total += Number(row[measure.name]);
    line.points.push({ at: Date.parse(row[time.name]), value: Number(row[measure.name]) });
  }
  lines.forEach(line => line.points.sort((left, right) => left.at - right.at));
  return [...lines.values()].sort((left, right) => right.total - left.total);
}

function legendOf(lines) {
  const legend = element("ul", "legend");
  lines.forEach(line => legend.append(element("li", "", line.label)));
  return legend;
}

function showAges() {
  cards.forEach(showAge);
}

function showAge({ answer, age }) {
  if (!answer) return;
  if (!answer.asOf) {
    age.textContent = "nothing committed yet";
    return;
  }
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(answer.asOf)) / 1000));
  age.textContent = `as of ${timeText(answer.asOf)} UTC, ${ageText(seconds)}`;
}

function ageText(seconds) {
  if (seconds < 2) return "just now";
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86400)} days ago`;
}

// Catalogue

function showCatalogue(views) {
  document.getElementById("catalogue-list").replaceChildren(...views.map(view => {
    const box = element("div");
    const groups = view.columns.filter(column => view.groupBy.includes(column.name));
    const links = element("p", "links");
    links.append(link(view.links.rows, "JSON"), link(view.links.events, "events"));
    box.append(heading(view.name));
    if (view.description) box.append(element("p", "", view.description));
    box.append(
      element("p", "columns", `Groups: ${groups.map(column => `${column.name} (${column.type})`).join(", ") || "none, one row of totals"}`),
      element("p", "columns", `Measures: ${view.measures.map(measure => `${measure.name} (${measure.aggregate}, ${measure.type})`).join(", ")}`),
      links);
    return box;
  }));
}

// Parts

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A name that may break after its underscores and hyphens. */
function heading(name) {
  const made = element("h3");
  name.split(/(?<=[_-])/).forEach((part, i) => made.append(...(i ? [element("wbr"), part] : [part])));
  return made;
}

function link(href, text) {
  const made = element("a", "", text);
  made.href = href;
  return made;
}

function tile(name, value, className) {
  const box = element("div");
  box.append(element("dt", "", name), element("dd", className, value));
  return box;
}

function headerRow(names, numeric = []) {
  const head = document.createElement("thead");
  const row = head.insertRow();
  names.forEach((name, i) => {
    const header = element("th", numeric[i] ? "number" : "", name);
    header.scope = "col";
    row.append(header);
  });
  return head;
}

function cell(value, type) {
  if (value === null || value === undefined) return element("td", "quiet", "–");
  if (isNumeric(type)) return element("td", "number", Number.isFinite(Number(value)) ? number.format(value) : String(value));
  if (type === "timestamp") {
    const made = element("td", "time", timeText(value));
    made.title = value;
    return made;
  }
  return element("td", type === "date" ? "time" : "", typeof value === "object" ? JSON.stringify(value) : String(value));
}

function timeText(iso) {
  return iso.slice(0, 19).replace("T", " ").replace("Z", "");
}

function isNumeric(type) {
  return type === "long" || type === "double" || type === "decimal";
}
