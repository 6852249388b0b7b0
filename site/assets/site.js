/* Optional: everything is readable without this file. It sorts tables, shows where one goes on, and switches the theme. */
(function () {
  "use strict";

  /* Fills the gaps of a sentence pattern as xietong/render/words.py does: {count}, and by the number {count:word|words}. */
  window.xietongFill = function (pattern, values) {
    return pattern.replace(/\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g, function (gap, name, one, others) {
      return one === undefined ? values[name] : String(values[name]) === "1" ? one : others;
    });
  };

  function sortValue(cell) {
    var given = cell.getAttribute("data-value");
    var text = given === null ? cell.textContent.trim() : given;
    var number = Number(text.replace(/[,\s]/g, "").replace("\u2212", "-").replace(/%$/, ""));
    return text !== "" && !isNaN(number) ? number : text;
  }

  function compare(first, second) {
    if (first === "" || second === "") { return first === second ? 0 : first === "" ? 1 : -1; }
    if (typeof first === "number" && typeof second === "number") { return first - second; }
    if (typeof first === typeof second) { return first.localeCompare(second, document.documentElement.lang); }
    return typeof first === "number" ? -1 : 1;
  }

  function makeSortable(table) {
    var body = table.tBodies[0];
    var original = Array.prototype.slice.call(body.rows);
    var heads = Array.prototype.slice.call(table.tHead.rows[table.tHead.rows.length - 1].cells);
    heads.forEach(function (head, column) {
      if (head.hasAttribute("data-fixed")) { return; }
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var before = head.getAttribute("aria-sort");
        var next = before === null ? "ascending" : before === "ascending" ? "descending" : null;
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        var rows = original.slice();
        if (next !== null) {
          head.setAttribute("aria-sort", next);
          rows = rows.map(function (row) { return [sortValue(row.cells[column]), row]; });
          rows.sort(function (first, second) {
            var order = compare(first[0], second[0]);
            return first[0] === "" || second[0] === "" || next === "ascending" ? order : -order;
          });
          rows = rows.map(function (pair) { return pair[1]; });
        }
        rows.forEach(function (row) { body.appendChild(row); });
        table.classList.toggle("sorted", next !== null);
      });
    });
  }

  /* Marks what can be moved to the left or up until its right or lower end is seen. */
  function markMore(box) {
    function mark() {
      box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
      box.classList.toggle("deeper", box.scrollTop + box.clientHeight < box.scrollHeight - 2);
    }
    box.addEventListener("scroll", mark, { passive: true });
    new ResizeObserver(mark).observe(box);
  }

  function remembered(value) {
    try {
      if (value !== undefined) { window.localStorage.setItem("xietong-theme", value); }
      return window.localStorage.getItem("xietong-theme");
    } catch (error) {
      return null;
    }
  }

  function applyTheme(theme) {
    var sheet = document.getElementById("dark");
    sheet.media = theme === "dark" ? "screen" : theme === "light" ? "not all" : "screen and (prefers-color-scheme: dark)";
  }

  applyTheme(remembered());
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("table.sortable"), makeSortable);
    Array.prototype.forEach.call(document.querySelectorAll(".scroll, .pan"), markMore);
    var button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", function () {
      var sheet = document.getElementById("dark");
      var isDark = window.matchMedia(sheet.media).matches;
      applyTheme(remembered(isDark ? "light" : "dark") || (isDark ? "light" : "dark"));
    });
  });
})();
