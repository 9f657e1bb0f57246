// Small charts as inline SVG, drawn at the width they have. All text is set as text, never parsed.

const SVG = "http://www.w3.org/2000/svg";
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const full = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

export const MAX_BARS = 20;
export const MAX_LINES = 6;

function node(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function canvas(width, height, label) {
  return node("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": label });
}

function shorten(text, width) {
  const room = Math.max(4, Math.floor(width / 6.8));
  return text.length <= room ? text : text.slice(0, room - 1) + "…";
}

/** Horizontal bars. @param bars [{label, value}], the longest first @param what what the values are */
export function barChart(width, bars, what) {
  const step = bars.length > 10 ? 22 : 28;
  const height = bars.length * step + 2;
  const thick = step - 10;
  const longest = Math.max(...bars.map(bar => bar.label.length));
  const labels = Math.min(width * 0.36, longest * 6.8 + 12);
  const values = Math.max(...bars.map(bar => full.format(bar.value).length)) * 7.2 + 10;
  const room = Math.max(20, width - labels - values);
  const most = Math.max(0, ...bars.map(bar => bar.value)) || 1;
  const told = bars.slice(0, 5).map(bar => `${bar.label} ${full.format(bar.value)}`).join(", ");
  const svg = canvas(width, height, `Bar chart of ${what}: ${told}${bars.length > 5 ? ", and more in the table" : ""}`);
  bars.forEach((bar, i) => {
    const top = i * step;
    const row = node("g", {});
    row.append(node("title", {}, `${bar.label}: ${full.format(bar.value)}`));
    row.append(node("text", { x: 0, y: top + step / 2 + 4 }, shorten(bar.label, labels - 10)));
    row.append(node("rect", { x: labels, y: top + 5, width: room, height: thick, rx: 3, class: "bar-track" }));
    row.append(node("rect", {
      x: labels, y: top + 5, height: thick, rx: 3, class: "bar-fill",
      width: bar.value > 0 ? Math.max(2, (bar.value / most) * room) : 0,
    }));
    row.append(node("text", { x: width, y: top + step / 2 + 4, "text-anchor": "end", class: "value" }, full.format(bar.value)));
    svg.append(row);
  });
  return svg;
}

/** Lines over time. @param lines [{label, points: [{at, value}]}], times ascending in ms @param what what the values are */
export function lineChart(width, lines, what) {
  const height = 200;
  const top = 10, bottom = 24, right = 10;
  const points = lines.flatMap(line => line.points);
  const from = Math.min(...points.map(point => point.at));
  const to = Math.max(...points.map(point => point.at));
  const ticks = niceTicks(Math.min(0, ...points.map(p => p.value)), Math.max(0, ...points.map(p => p.value)));
  const low = ticks[0], high = ticks[ticks.length - 1];
  const left = Math.max(...ticks.map(tick => compact.format(tick).length)) * 7 + 10;
  const x = at => (to === from ? (left + width - right) / 2 : left + ((at - from) / (to - from)) * (width - left - right));
  const y = value => top + (1 - (value - low) / (high - low)) * (height - top - bottom);
  const last = lines.map(line => `${line.label ? line.label + " " : ""}${full.format(line.points.at(-1).value)}`).join(", ");
  const svg = canvas(width, height, `Line chart of ${what} from ${timeLabel(from, to - from)} to ${timeLabel(to, to - from)}; last: ${last}`);
  for (const tick of ticks) {
    svg.append(node("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick), class: "grid" }));
    svg.append(node("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, compact.format(tick)));
  }
  const count = to === from ? 1 : Math.max(2, Math.min(6, Math.floor((width - left) / 110)));
  for (let i = 0; i < count; i++) {
    const at = count === 1 ? from : from + ((to - from) * i) / (count - 1);
    const anchor = count === 1 ? "middle" : i === 0 ? "start" : i === count - 1 ? "end" : "middle";
    svg.append(node("text", { x: x(at), y: height - 6, "text-anchor": anchor }, timeLabel(at, to - from)));
  }
  lines.forEach((line, i) => {
    const path = line.points.map(point => `${x(point.at).toFixed(1)},${y(point.value).toFixed(1)}`);
    if (lines.length === 1 && path.length > 1) {
      svg.append(node("path", {
        class: "area",
        d: `M${x(line.points[0].at).toFixed(1)},${y(0)}L${path.join("L")}L${x(line.points.at(-1).at).toFixed(1)},${y(0)}Z`,
      }));
    }
    svg.append(node("path", { class: `line s${i}`, d: `M${path.join("L")}` }));
    const end = line.points.at(-1);
    const dot = node("circle", { class: `dot s${i}`, cx: x(end.at), cy: y(end.value), r: 3.5 });
    dot.append(node("title", {}, `${line.label ? line.label + ": " : ""}${full.format(end.value)}`));
    svg.append(dot);
  });
  return svg;
}

/** A line without axes. @param points [{at, value}] @param span milliseconds, ending at the last point */
export function sparkline(width, points, span, what) {
  const height = 44;
  const most = Math.max(1e-9, ...points.map(point => point.value));
  const end = points.at(-1).at;
  const x = at => width - ((end - at) / span) * width;
  const y = value => height - 3 - (value / most) * (height - 8);
  const svg = canvas(width, height, `${what}: now ${full.format(points.at(-1).value)}, at most ${full.format(most < 1e-6 ? 0 : most)}`);
  svg.setAttribute("class", "spark");
  svg.append(node("line", { x1: 0, x2: width, y1: height - 2.5, y2: height - 2.5, class: "grid" }));
  const path = points.map(point => `${x(point.at).toFixed(1)},${y(point.value).toFixed(1)}`);
  svg.append(node("path", { class: "area", d: `M${x(points[0].at).toFixed(1)},${height - 3}L${path.join("L")}L${width},${height - 3}Z` }));
  svg.append(node("path", { class: "line s0", d: `M${path.join("L")}` }));
  return svg;
}

function niceTicks(low, high) {
  const raw = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw);
  const ticks = [];
  for (let i = Math.floor(low / step); i <= Math.ceil(high / step) || ticks.length < 2; i++) ticks.push(i * step);
  return ticks;
}

function timeLabel(at, span) {
  const iso = new Date(at).toISOString();
  if (span > 6 * 86400000) return iso.slice(0, 10);
  if (span > 86400000) return iso.slice(5, 10) + " " + iso.slice(11, 16);
  if (span === 0) return iso.slice(0, 16).replace("T", " ");
  return span > 600000 ? iso.slice(11, 16) : iso.slice(11, 19);
}
