// One choice of events, in the address, and three views of it: a line, a map, a table.
"use strict";
(function () {
  const form = document.getElementById("filters");
  const fields = ["from", "to", "place", "actor", "target", "weapon", "claim", "type", "scope", "publisher", "voices", "sources", "independent", "words"];
  const statuses = [...form.elements.status];
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const ink = isDark ? "#e8eaed" : "#1c2024";
  const ground = isDark ? "#14181b" : "#fff";
  const rule = isDark ? "#3a4047" : "#d5d9dd";
  const DAY = 864e5;
  document.documentElement.classList.toggle("dark", isDark); // as DataTables has it
  const MANY = 2000; // events from which on they are drawn as pixels, not as elements

  // as it is searched: capitals, accents, hyphens and apostrophes make no difference
  const folded = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/['’‘ʼʻ`]/g, "").replace(/\p{Pd}/gu, " ").toLowerCase();

  for (const event of EVENTS) {
    event.href = `events/${event.id}.html`;
    event.who = event.who.map((id) => NAMES[id][0]).join(", ");
    const names = [...event.actors, ...event.voices].flatMap((id) => NAMES[id]);
    event.words = folded([event.id, event.title, event.aimed, event.observed, ...names, ...event.publishers].join(" "));
    event.until = event.to; // a day is drawn to its end
    event.to = new Date(Date.parse(event.to) + DAY).toISOString().slice(0, 10);
  }

  let unknown = []; // what the address asks for and the form does not have
  function asked() {
    const there = new URLSearchParams(location.hash.slice(1));
    for (const name of fields) {
      form.elements[name].value = there.get(name) || "";
    }
    const wanted = (there.get("status") || "").split(",");
    for (const box of statuses) box.checked = wanted.includes(box.value);
    const missed = fields.filter((name) => there.get(name) && form.elements[name].value !== there.get(name));
    unknown = missed.map((name) => `${name}=${there.get(name)}`);
    unknown.push(...wanted.filter((status) => status && !statuses.some((box) => box.value === status)).map((status) => `status=${status}`));
  }

  // each choice is a step that the browser goes back by; to go on with one is none
  let last = "";
  function tell(name) {
    const chosen = new URLSearchParams();
    for (const name of fields) {
      if (form.elements[name].value) chosen.set(name, form.elements[name].value);
    }
    if (ticked().length) chosen.set("status", ticked().join());
    const hash = chosen.toString().replaceAll("%2C", ",");
    if (hash === new URLSearchParams(location.hash.slice(1)).toString().replaceAll("%2C", ",")) return;
    history[name && name === last ? "replaceState" : "pushState"](null, "", hash ? `#${hash}` : location.pathname + location.search);
    last = name;
  }

  const ticked = () => statuses.filter((box) => box.checked).map((box) => box.value);
  const isReversed = () => Boolean(value.from && value.to && value.from > value.to);

  let value = {};
  let chosen = []; // the events that fit
  function fitting() {
    value = Object.fromEntries(fields.map((name) => [name, form.elements[name].value.trim()]));
    const words = folded(value.words).split(/\s+/).filter(Boolean);
    const status = ticked();
    if (isReversed() || unknown.length) return [];
    return EVENTS.filter(
      (event) =>
        mayLie(event) &&
        (!value.place || event.within.includes(value.place)) &&
        (!value.claim || event.claim === value.claim) &&
        (!value.voices || event.heard === value.voices) &&
        (!value.actor || event.actors.includes(value.actor)) &&
        (!value.target || event.targets.includes(value.target)) &&
        (!value.weapon || event.weapons.includes(value.weapon)) &&
        (!status.length || status.includes(event.status)) &&
        (!value.type || event.type === value.type) &&
        (!value.scope || event.scope === value.scope) &&
        (!value.publisher || event.publishers.includes(value.publisher)) &&
        (!value.sources || event.sources >= Number(value.sources)) &&
        (!value.independent || event.independent >= Number(value.independent)) &&
        words.every((word) => event.words.includes(word)),
    );
  }

  // a date that has holes may lie in any of its parts
  const mayLie = (event) =>
    (event.parts.length ? event.parts : [[event.from, event.until]]).some(
      ([from, until]) => (!value.from || until >= value.from) && (!value.to || from <= value.to),
    );
  const mustLie = (event) => (!value.from || event.from >= value.from) && (!value.to || event.until <= value.to);

  // the least is of those that certainly lie in the period
  function numbers(events) {
    const sum = { low: 0, high: 0, sure: 0, confirmed: 0 };
    for (const event of events) {
      if (mustLie(event)) {
        sum.low += event.low;
        sum.sure += event.confirmed;
      }
      sum.high += event.high;
      if (event.status === "confirmed") sum.confirmed += event.high;
    }
    return { ...sum, low: Math.max(sum.low, sum.sure) };
  }
  const range = (low, high) => (low === high ? `${low}` : `${low} to ${high}`);
  const many = (number, one, more = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : more}`;

  const PRECISION = { 1: "exact", 2: "near", 3: "a district", 4: "a province", 5: "a region, somewhere in it", 6: "a country, somewhere in it", 7: "sea, air or several countries" };

  function byPlace(events) {
    const found = new Map();
    for (const event of events) {
      if (!event.place || event.sums) continue;
      found.set(event.place, [...(found.get(event.place) || []), event]);
    }
    return [...found].map(([id, there]) => {
      const { low, high } = numbers(there);
      const place = PLACES[id];
      return { ...place, id, rows: there.length, attacks: range(low, high), precision: PRECISION[place.where_prec] };
    });
  }

  // from when to when the line goes: the period that is asked for, else that of the chosen events, with a margin
  function ends(events) {
    const isChosen = events.length && events.length < EVENTS.length;
    const first = Date.parse(isChosen ? value.from || events.reduce((least, { from }) => (from < least ? from : least), "9") : PERIOD[0]);
    const last = Date.parse(isChosen ? value.to || events.reduce((most, { until }) => (until > most ? until : most), "") : PERIOD[1]) + DAY;
    const margin = isChosen ? Math.max(DAY / 2, (last - first) / 40) : 0;
    return { first: first - margin, last: last + margin, zoom_from: null };
  }

  const text = jQuery.fn.dataTable.render.text();
  const linked = (data, type) => {
    if (type !== "display") return data;
    const link = document.createElement("a");
    link.href = `events/${encodeURIComponent(data)}.html`;
    link.textContent = data;
    return link.outerHTML;
  };
  const status = (data, type) => {
    if (type !== "display") return data;
    const mark = document.createElement("span");
    mark.className = `status ${data.replaceAll(" ", "-")}`;
    mark.textContent = data;
    return mark.outerHTML;
  };
  const table = jQuery("#events").DataTable({
    columns: [
      { title: "event", data: "id", render: linked },
      { title: "date", data: "when", render: { _: text.display, sort: (data, type, row) => row.from }, className: "when" },
      { title: "what", data: "title", render: text },
      { title: "status", data: "status", render: status },
      { title: "who", data: "who", render: text },
      { title: "aimed at", data: "aimed", render: text },
      { title: "observed at", data: "observed", render: text },
      { title: "documents", data: "sources" },
      { title: "independent voices", data: "independent" },
    ].map((column) => ({ ...column, createdCell: (cell) => (cell.dataset.label = column.title) })),
    order: [[1, "asc"]],
    pageLength: 25,
    deferRender: true,
    autoWidth: false,
    searching: false,
    infoCallback: (settings, start, end, max, total) => {
      const sums = chosen.filter((event) => event.sums).length;
      return total ? `Lines ${start} to ${end} of ${total}${sums ? `: ${many(total - sums, "row")}, and ${sums} that only sums up others` : ""}` : "No row";
    },
  });
  const wide = document.createElement("div");
  wide.className = "scroll";
  document.getElementById("events").replaceWith(wide);
  wide.append(table.table().node());
  // who comes back to this entry of the browser's history finds the table as it was left
  function list(events) {
    const { page = 0, order = table.order() } = history.state || {};
    table.clear().rows.add(events).order(order).draw();
    if (page) table.page(page).draw("page");
  }

  const config = {
    background: "transparent",
    font: "system-ui, sans-serif",
    axis: { labelColor: ink, titleColor: ink, gridColor: rule, domainColor: rule, tickColor: rule, labelFontSize: 12 },
    legend: { orient: "top", labelColor: ink, labelFontSize: 12, columns: 3 },
    style: { name: { color: ink }, rim: { color: ground, stroke: ground, strokeWidth: 4, strokeJoin: "round" } },
    view: { stroke: null },
  };
  function drawn(where, spec, name, rows, signals = () => ({})) {
    const options = {
      actions: false,
      logLevel: 1, // that nothing is chosen is no cause for a warning
      renderer: EVENTS.length > MANY ? "canvas" : "svg",
      config,
      loader: { target: "_self" },
      tooltip: { theme: isDark ? "dark" : "light" },
    };
    const full = { ...spec, datasets: { ...spec.datasets, [name]: rows(chosen) } };
    const redraw = (view) => (events) => {
      for (const [signal, to] of Object.entries(signals(events))) view.signal(signal, to);
      return view.data(name, rows(events)).runAsync();
    };
    return vegaEmbed(where, full, options).then(async ({ view }) => {
      await redraw(view)(chosen);
      return redraw(view);
    });
  }
  // what draws is large, and not waited for: the table can be used before
  const pictures = [];
  function loadPictures() {
    const script = document.createElement("script");
    script.src = "assets/vega.js";
    script.onload = async () => {
      for (const picture of [["#timeline", TIMELINE, "events", (events) => events, ends], ["#map", MAP, "places", byPlace]]) {
        await pause();
        const drawnFor = chosen;
        const redraw = await drawn(...picture);
        pictures.push(redraw);
        if (chosen !== drawnFor) await redraw(chosen);
      }
    };
    document.body.append(script);
  }
  const pause = () => new Promise((done) => setTimeout(done));

  function cells(row) {
    const line = document.createElement("tr");
    for (const [label, told] of Object.entries(row)) {
      const cell = document.createElement("td");
      cell.dataset.label = label;
      cell.textContent = told;
      line.append(cell);
    }
    return line;
  }

  // how many rows are chosen, and what they stand for; those that sum up others are shown, and named, but not counted
  const counted = EVENTS.filter((event) => !event.sums).length;
  function told(events) {
    const { low, high, sure, confirmed } = numbers(events);
    const sums = events.filter((event) => event.sums);
    const rows = events.length - sums.length;
    return (
      `${rows.toLocaleString("en")} of ${many(counted, "row")}; ${rows === 1 ? "it stands" : "they stand"} for ` +
      `${range(low, high)} ${high === 1 ? "attack" : "attacks"}, ` +
      `${confirmed ? range(sure, confirmed) : "none"} of them confirmed.` +
      (events.length || isReversed() || unknown.length ? "" : ` Undo a choice to see more.${value.words && " Words are looked for in titles, names, places and publishers only."}`) +
      (sums.length ? ` ${many(sums.length, "row")} more (${sums.map(({ id }) => id).join(", ")}) only ${sums.length === 1 ? "sums" : "sum"} up others, and ${sums.length === 1 ? "is" : "are"} not counted.` : "")
    );
  }

  async function show() {
    const events = fitting();
    chosen = events;
    document.getElementById("count").textContent = told(events);
    document.getElementById("wrong").textContent = [
      isReversed() ? `“From” (${value.from}) is later than “To” (${value.to}): no row can lie between them.` : "",
      unknown.length ? `Nothing here is ${unknown.join(", ")}, as the address has it, so no row fits. The next choice leaves that out.` : "",
    ].filter(Boolean).join(" ");
    const places = byPlace(events).sort((one, other) => other.rows - one.rows);
    document.querySelector("#places tbody").replaceChildren(
      ...places.map(({ place, precision, rows, attacks }) => cells({ place, precision, rows, attacks })),
    );
    const off = events.filter((event) => !event.place && !event.sums).length;
    document.getElementById("off-map").textContent = off ? `${many(off, "row has", "rows have")} no place that could be drawn.` : "";
    // one after the other, so that the page answers between, and none for a choice that is not the last
    for (const redraw of [list, ...pictures]) {
      await pause();
      if (chosen !== events) return;
      await redraw(events);
    }
  }

  let waiting = 0;
  function changed({ target }) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      unknown = [];
      tell(target.name || "");
      show();
    }, 80);
  }
  form.addEventListener("input", changed);
  form.addEventListener("reset", (event) => setTimeout(changed, 0, event));
  form.addEventListener("submit", (event) => event.preventDefault());
  // a link within the page moves there, and leaves what is chosen in the address
  for (const link of document.querySelectorAll('a[href^="#"]:not([href*="="])')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const to = document.querySelector(link.getAttribute("href"));
      to.scrollIntoView();
      to.focus({ preventScroll: true });
    });
  }
  addEventListener("hashchange", () => {
    last = "";
    asked();
    show();
  });
  asked();
  show().then(() => {
    table.on("draw", () => history.replaceState({ page: table.page(), order: table.order() }, ""));
    performance.mark("usable");
    requestIdleCallback(loadPictures, { timeout: 500 });
  });
})();
