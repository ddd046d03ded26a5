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
  jQuery(this).DataTable({ pageLength: 50, order: [], deferRender: true, autoWidth: false });
});
