// Tables that stand in the page, to sort and to search.
"use strict";
document.documentElement.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
jQuery("table.sorted").each(function (number) {
  const wide = document.createElement("div");
  wide.className = "scroll";
  wide.tabIndex = 0;
  wide.setAttribute("role", "region");
  wide.setAttribute("aria-label", this.caption.textContent);
  this.replaceWith(wide);
  wide.append(this);
  const language = { search: "Search, “in quotes” as it stands:" };
  const table = jQuery(this).DataTable({ pageLength: 50, order: [], deferRender: true, autoWidth: false, language });
  const turning = table.table().container().querySelector("nav");
  if (turning) turning.setAttribute("aria-label", `Pages of ${this.caption.textContent}`);
  const where = document.getElementById("chosen"); // where it is told that only some rows are shown
  // the address may name a row, which may stand on a later page, or words that are to stand in a column
  function asked() {
    const [column, words] = [...new URLSearchParams(location.hash.slice(1))][0] || [];
    const heads = table.columns().header().toArray();
    const searched = heads.findIndex((head) => words && head.textContent.trim() === column);
    if (searched >= 0) {
      table.search("").columns().search("");
      table.column(searched).search((text) => text === words).draw();
      tell(column, words);
      return;
    }
    if (where?.hasChildNodes()) forget();
    table.rows(".named").nodes().to$().removeClass("named");
    const named = table.row((_, __, node) => location.hash && node.id === location.hash.slice(1));
    if (named.any()) {
      table.page(Math.floor(table.rows({ order: "applied" }).indexes().indexOf(named.index()) / table.page.len())).draw(false);
      named.node().classList.add("named");
      named.node().scrollIntoView();
    }
  }
  function forget() {
    table.columns().search("").draw();
    where.replaceChildren();
  }
  function tell(column, words) {
    if (!where) return;
    const all = document.createElement("button");
    all.type = "button";
    all.textContent = "Show all";
    all.addEventListener("click", () => {
      history.replaceState(null, "", location.pathname + location.search);
      forget();
    });
    const rows = document.createElement("a");
    rows.href = `${where.dataset.rows}#${new URLSearchParams({ [column]: words })}`;
    rows.textContent = "the rows of which they tell";
    const documents = table.rows({ search: "applied" }).data().toArray();
    const tells = documents.some((row) => Number(row.at(-1)));
    const isRead = documents.some((row) => row.at(-2) === "yes");
    const unread = isRead ? "" : "None of them was read: others retell them. What is quoted so stands with the actor of that name. ";
    where.replaceChildren(`Only the documents of ${words}: `, tells ? rows : "no row is told in them", ". ", unread, all);
    scrollTo(0, 0);
  }
  // who comes back to an entry of the browser's history finds the table as it was left
  table.table().container().querySelector("input").autocomplete = "off"; // or the browser fills in words that were not searched
  function come() {
    const kept = history.state?.[number];
    asked();
    if (kept) table.search(kept.words).order(kept.order).draw().page(kept.page).draw("page");
  }
  addEventListener("hashchange", come);
  come();
  table.on("draw", () => {
    const now = { words: table.search(), order: table.order(), page: table.page() };
    history.replaceState({ ...history.state, [number]: now }, "");
  });
});
