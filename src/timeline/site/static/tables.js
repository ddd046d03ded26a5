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
  // the address may name a row that stands on a later page
  const named = table.row((_, __, node) => location.hash && node.id === location.hash.slice(1));
  if (named.any()) {
    table.page(Math.floor(table.rows({ order: "applied" }).indexes().indexOf(named.index()) / table.page.len())).draw(false);
    named.node().scrollIntoView();
  }
});
