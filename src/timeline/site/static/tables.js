// Tables that stand in the page, to sort and to search.
"use strict";
document.documentElement.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
jQuery("table.sorted").each(function () {
  const wide = document.createElement("div");
  wide.className = "scroll";
  wide.tabIndex = 0;
  wide.setAttribute("role", "region");
  wide.setAttribute("aria-label", this.caption.textContent);
  this.replaceWith(wide);
  wide.append(this);
  const table = jQuery(this).DataTable({ pageLength: 50, order: [], deferRender: true, autoWidth: false });
  const turning = table.table().container().querySelector("nav");
  if (turning) turning.setAttribute("aria-label", `Pages of ${this.caption.textContent}`);
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
    table.rows(".named").nodes().to$().removeClass("named");
    const named = table.row((_, __, node) => location.hash && node.id === location.hash.slice(1));
    if (named.any()) {
      table.page(Math.floor(table.rows({ order: "applied" }).indexes().indexOf(named.index()) / table.page.len())).draw(false);
      named.node().classList.add("named");
      named.node().scrollIntoView();
    }
  }
  function tell(column, words) {
    const where = document.getElementById("chosen");
    if (!where) return;
    const all = document.createElement("button");
    all.type = "button";
    all.textContent = "Show all";
    all.addEventListener("click", () => {
      history.replaceState(null, "", location.pathname + location.search);
      table.columns().search("").draw();
      where.replaceChildren();
    });
    const rows = document.createElement("a");
    rows.href = `${where.dataset.rows}#${new URLSearchParams({ [column]: words })}`;
    rows.textContent = "the rows of which they tell";
    const tells = table.rows({ search: "applied" }).data().toArray().some((row) => Number(row.at(-1)));
    where.replaceChildren(`Only the documents of ${words}: `, tells ? rows : "no row is told in them", ". ", all);
    scrollTo(0, 0);
  }
  addEventListener("hashchange", asked);
  asked();
});
