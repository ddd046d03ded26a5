// One choice of events, in the address, and three views of it: a line, a map, a table.
"use strict";
(function () {
  const form = document.getElementById("filters");
  const fields = ["from", "to", "actor", "target", "weapon", "status", "type", "scope", "sources", "words"];
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const ink = isDark ? "#e8eaed" : "#1c2024";
  document.documentElement.classList.toggle("dark", isDark); // as DataTables has it
  const MANY = 2000; // events from which on they are drawn as pixels, not as elements

  for (const event of EVENTS) {
    event.href = `events/${event.id}.html`;
    event.who = event.who.map((id) => NAMES[id][0]).join(", ");
    const names = event.actors.flatMap((id) => NAMES[id]);
    event.words = [event.id, event.title, event.aimed, event.observed, ...names].join(" ").toLowerCase();
    event.until = event.to; // a day is drawn to its end
    event.to = new Date(Date.parse(event.to) + 864e5).toISOString().slice(0, 10);
  }

  function asked() {
    const there = new URLSearchParams(location.hash.slice(1));
    for (const name of fields) {
      form.elements[name].value = there.get(name) || "";
    }
  }

  function tell() {
    const chosen = new URLSearchParams();
    for (const name of fields) {
      if (form.elements[name].value) chosen.set(name, form.elements[name].value);
    }
    const hash = chosen.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }

  function fitting() {
    const value = Object.fromEntries(fields.map((name) => [name, form.elements[name].value.trim()]));
    const words = value.words.toLowerCase().split(/\s+/).filter(Boolean);
    return EVENTS.filter(
      (event) =>
        (!value.from || event.until >= value.from) &&
        (!value.to || event.from <= value.to) &&
        (!value.actor || event.actors.includes(value.actor)) &&
        (!value.target || event.targets.includes(value.target)) &&
        (!value.weapon || event.weapons.includes(value.weapon)) &&
        (!value.status || event.status === value.status) &&
        (!value.type || event.type === value.type) &&
        (!value.scope || event.scope === value.scope) &&
        (!value.sources || event.sources >= Number(value.sources)) &&
        words.every((word) => event.words.includes(word)),
    );
  }

  const PRECISION = { 1: "exact", 2: "near", 3: "a district", 4: "a province", 5: "a region, somewhere in it", 6: "a country, somewhere in it", 7: "sea, air or several countries" };

  function byPlace(events) {
    const found = new Map();
    for (const event of events) {
      if (!event.place) continue;
      const place = found.get(event.place) || { ...PLACES[event.place], id: event.place, events: 0, low: 0, high: 0 };
      place.events += 1;
      place.low += event.low;
      place.high += event.high;
      found.set(event.place, place);
    }
    return [...found.values()].map((place) => ({
      ...place,
      precision: PRECISION[place.where_prec],
      attacks: place.low === place.high ? String(place.low) : `${place.low} to ${place.high}`,
    }));
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
      { title: "date", data: "date", render: { _: text.display, sort: (data, type, row) => row.from }, className: "date" },
      { title: "what", data: "title", render: text },
      { title: "status", data: "status", render: status },
      { title: "who", data: "who", render: text },
      { title: "aimed at", data: "aimed", render: text },
      { title: "observed at", data: "observed", render: text },
      { title: "documents", data: "sources" },
    ],
    order: [[1, "asc"]],
    pageLength: 25,
    deferRender: true,
    autoWidth: false,
    searching: false,
  });
  const wide = document.createElement("div");
  wide.className = "scroll";
  document.getElementById("events").replaceWith(wide);
  wide.append(table.table().node());

  const config = {
    background: "transparent",
    font: "system-ui, sans-serif",
    axis: { labelColor: ink, titleColor: ink, gridOpacity: 0.3, labelFontSize: 12 },
    legend: { orient: "top", labelColor: ink, labelFontSize: 12, columns: 3 },
    text: { color: ink },
    view: { stroke: null },
  };
  function drawn(where, spec, name, rows) {
    const options = {
      actions: false,
      logLevel: 1, // that nothing is chosen is no cause for a warning
      renderer: EVENTS.length > MANY ? "canvas" : "svg",
      config,
      loader: { target: "_self" },
      tooltip: { theme: isDark ? "dark" : "light" },
    };
    const full = { ...spec, datasets: { ...spec.datasets, [name]: rows(chosen) } };
    return vegaEmbed(where, full, options).then(({ view }) => (events) => view.data(name, rows(events)).runAsync());
  }
  // what draws is large, and not waited for: the table can be used before
  const pictures = [];
  function loadPictures() {
    const script = document.createElement("script");
    script.src = "assets/vega.js";
    script.onload = async () => {
      for (const picture of [["#timeline", TIMELINE, "events", (events) => events], ["#map", MAP, "places", byPlace]]) {
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
    for (const value of row) {
      const cell = document.createElement("td");
      cell.textContent = value;
      line.append(cell);
    }
    return line;
  }

  let chosen = [];
  async function show() {
    const events = fitting();
    chosen = events;
    const low = events.reduce((sum, event) => sum + event.low, 0);
    const high = events.reduce((sum, event) => sum + event.high, 0);
    const attacks = low === high ? `${low}` : `${low} to ${high}`;
    const isReversed = form.elements.from.value && form.elements.to.value && form.elements.from.value > form.elements.to.value;
    document.getElementById("count").textContent =
      (isReversed ? "From is after To: " : "") +
      `${events.length.toLocaleString("en")} of ${EVENTS.length.toLocaleString("en")} events; they stand for ${attacks} attacks`;
    const places = byPlace(events).sort((one, other) => other.events - one.events);
    document.querySelector("#places tbody").replaceChildren(
      ...places.map((place) => cells([place.place, place.precision, place.events, place.attacks])),
    );
    const off = events.filter((event) => !event.place).length;
    document.getElementById("off-map").textContent = off ? `${off} of them have no place that could be drawn.` : "";
    // one after the other, so that the page answers between, and none for a choice that is not the last
    for (const redraw of [(rows) => table.clear().rows.add(rows).draw(), ...pictures]) {
      await pause();
      if (chosen !== events) return;
      await redraw(events);
    }
  }

  let waiting = 0;
  function changed() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      tell();
      show();
    }, 80);
  }
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    asked();
    show();
  });
  asked();
  show().then(() => {
    performance.mark("usable");
    requestIdleCallback(loadPictures, { timeout: 500 });
  });
})();
