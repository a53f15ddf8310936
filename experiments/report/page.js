// The page's only script: it makes tables sort and pictures answer. Without it everything is there to be
// read.
"use strict";

// ---- Tables: a click on a column's head, or Enter on it, sorts the rows by it; the third time they
// stand as they came.
const keyOf = (cell) => {
  const text = cell.textContent.trim();
  if (text === "" || text === "—") return undefined;
  const found = /^(< )?([+−-]?)(\d[\d,]*(?:\.\d+)?|∞)/.exec(text);
  if (found === null) return text;
  const [, below, sign, digits] = found;
  const value = digits === "∞" ? Infinity : Number(digits.replaceAll(",", ""));
  return (sign === "" || sign === "+" ? value : -value) - (below ? 1e-9 : 0);
};
const { compare } = new Intl.Collator("en", { numeric: true });
const byKey = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return typeof a === typeof b ? compare(a, b) : typeof a === "number" ? -1 : 1;
};
const sortable = (table) => {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const sort = (column) => {
    const head = heads[column];
    // Of numbers the largest is sought.
    const [first, second] = head.classList.contains("number")
      ? ["descending", "ascending"]
      : ["ascending", "descending"];
    const before = head.getAttribute("aria-sort");
    const order = before === null ? first : before === first ? second : undefined;
    for (const other of heads) other.removeAttribute("aria-sort");
    if (order === undefined) return body.append(...rows);
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[column]) }));
    // What is empty stands below, whatever the order.
    const some = keyed.filter(({ key }) => key !== undefined);
    const none = keyed.filter(({ key }) => key === undefined);
    some.sort((a, b) => sign * byKey(a.key, b.key));
    body.append(...[...some, ...none].map(({ row }) => row));
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });
};
document.querySelectorAll(".table > table").forEach(sortable);

// Where columns are out of sight, the last one has an edge below which they go.
const fit = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    target.classList.toggle("scrolls", target.scrollWidth > target.clientWidth);
  }
});
for (const box of document.querySelectorAll(".table")) fit.observe(box);

// ---- What is folded opens where a link leads to it, and all of it by one button.
const open = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener("hashchange", open);
open();
const all = document.createElement("button");
all.type = "button";
all.textContent = "Unfold everything";
all.addEventListener("click", () => {
  const folded = [...document.querySelectorAll("main details.result")];
  const opened = folded.some((one) => !one.open);
  for (const one of folded) one.open = opened;
  all.textContent = opened ? "Fold everything" : "Unfold everything";
});
document.querySelector("nav").append(all);

// ---- Pictures: each picture's SVG in place of its image, which then tells what a mark stands for when it
// is pointed at, or reached with the arrow keys; an entry of a legend, clicked, dims the marks of others.
// What it says is what Vega wrote of each mark for screen readers.
const tip = document.createElement("div");
tip.id = "tip";
tip.role = "status";
tip.hidden = true;
document.body.append(tip);

const parse = (source) => {
  const bytes = Uint8Array.from(atob(source.split(",")[1]), (c) => c.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (svg.localName !== "svg" || svg.querySelector("script, foreignObject, parsererror")) return;
  return document.importNode(svg, true);
};

// Names within a picture are its own: two pictures of one page may share them.
const rename = (svg, prefix) => {
  for (const node of svg.querySelectorAll("*")) {
    if (node.id) node.id = prefix + node.id;
    for (const { name, value } of [...node.attributes]) {
      if (/^on/i.test(name)) node.removeAttribute(name);
      else if (value.includes("url(#")) {
        node.setAttribute(name, value.replaceAll("url(#", "url(#" + prefix));
      }
    }
  }
};

// A line has the label of its first point: its numbers would be that point's.
const told = (mark) => {
  const isLine = /^(line|area)/.test(mark.getAttribute("aria-roledescription"));
  return mark.getAttribute("aria-label").split("; ").map((entry) => {
    const at = entry.lastIndexOf(": ");
    const value = Number(entry.slice(at + 2));
    if (at < 0 || entry.slice(at + 2) === "" || Number.isNaN(value)) return entry;
    return isLine ? "" : entry.slice(0, at + 2) + String(Number(value.toPrecision(4)));
  }).filter((entry) => entry !== "").join("\n");
};

let shown;
const hide = () => {
  tip.hidden = true;
  shown?.classList.remove("shown");
  shown = undefined;
};
const show = (mark) => {
  const text = told(mark);
  if (mark === shown || text === "") return;
  hide();
  shown = mark;
  mark.classList.add("shown");
  tip.textContent = text;
  tip.hidden = false;
  const box = mark.getBoundingClientRect(), own = tip.getBoundingClientRect();
  const left = Math.min(box.left + box.width / 2 + 8, innerWidth - own.width - 8);
  const above = box.top - own.height - 8;
  tip.style.left = Math.max(8, left) + "px";
  tip.style.top = (above < 8 ? Math.min(box.bottom + 8, innerHeight - own.height - 8) : above) +
    "px";
};

const chartOf = (svg, alt) => {
  svg.removeAttribute("role");
  const chart = document.createElement("div");
  chart.className = "chart";
  chart.tabIndex = 0;
  chart.role = "group";
  chart.setAttribute("aria-label", alt + ". Arrow keys go from mark to mark.");
  chart.append(svg);
  const isMark =
    "[aria-label][aria-roledescription$=mark], [aria-label][aria-roledescription=point]," +
    " [aria-label][aria-roledescription=bar], [aria-label][aria-roledescription=tick]";
  const marks = [...svg.querySelectorAll(isMark)].filter((mark) => told(mark) !== "");
  chart.addEventListener("pointerover", ({ target }) => {
    const mark = target.closest(isMark);
    if (mark) show(mark);
    else hide();
  });
  chart.addEventListener("pointerleave", hide);
  chart.addEventListener("blur", hide);
  chart.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key === "Escape") hide();
    if (!(event.key in steps) || marks.length === 0) return;
    event.preventDefault();
    const from = marks.indexOf(shown);
    const at = from < 0 && steps[event.key] < 0 ? marks.length - 1 : from + steps[event.key];
    show(marks[(at + marks.length) % marks.length]);
  });
  for (const label of svg.querySelectorAll(".role-legend-label text")) {
    const text = label.textContent;
    const others = marks.filter((mark) => !mark.getAttribute("aria-label").includes(": " + text));
    if (others.length === 0 || others.length === marks.length) continue;
    label.classList.add("choice");
    label.setAttribute("role", "button");
    label.setAttribute("tabindex", "0");
    label.setAttribute("aria-pressed", "false");
    const toggle = () => {
      const chosen = label.getAttribute("aria-pressed") !== "true";
      for (const other of svg.querySelectorAll(".choice")) {
        other.setAttribute("aria-pressed", "false");
      }
      for (const mark of marks) mark.classList.remove("dimmed");
      if (!chosen) return;
      label.setAttribute("aria-pressed", "true");
      for (const mark of others) mark.classList.add("dimmed");
    };
    label.addEventListener("click", toggle);
    label.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggle();
    });
  }
  return chart;
};

// The one that is drawn for the window's width: another one where that passes the limit.
const narrow = matchMedia("(max-width: 640px)");
const upgrade = (picture, index) => {
  const image = picture.querySelector("img");
  let chart;
  const draw = () => {
    const source = narrow.matches ? picture.querySelector("source")?.srcset : undefined;
    const svg = parse(source ?? image.src);
    if (svg === undefined) return;
    rename(svg, "picture" + index + "-");
    hide();
    chart?.remove();
    chart = chartOf(svg, image.alt);
    picture.hidden = true;
    picture.before(chart);
  };
  draw();
  if (picture.querySelector("source")) narrow.addEventListener("change", draw);
};
document.querySelectorAll("figure picture").forEach(upgrade);
