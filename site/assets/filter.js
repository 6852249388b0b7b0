/* Optional: narrows tables to the rows of a region or peer group, and keeps the choice in the address.
   Ranks stay as written: those among all units. The page says the same in tables of its groups. */
(function () {
  "use strict";

  function list(nodes) { return Array.prototype.slice.call(nodes); }

  var fill = window.xietongFill;

  function start(box) {
    var selects = list(box.querySelectorAll("select"));
    var status = box.querySelector("[role=status]");
    var tables = list(document.querySelectorAll("table.filtered"));

    function matches(row) {
      return selects.every(function (select) {
        return select.value === "" || row.getAttribute("data-" + select.name) === select.value;
      });
    }

    function keepAddress() {
      var parts = selects.filter(function (select) { return select.value !== ""; }).map(function (select) {
        return select.name + "=" + encodeURIComponent(select.value);
      });
      // Without a choice an address that leads to a place on the page stays as it is.
      if (parts.length === 0 && window.location.hash.indexOf("=") < 0) { return; }
      var text = parts.length > 0 ? "#" + parts.join("&") : window.location.pathname;
      try { window.history.replaceState(null, "", text); } catch (error) { window.location.hash = parts.join("&"); }
    }

    function show() {
      var isNarrowed = selects.some(function (select) { return select.value !== ""; });
      var shown = 0;
      tables.forEach(function (table, number) {
        list(table.tBodies[0].rows).forEach(function (row) {
          row.hidden = !matches(row);
          if (number === 0 && !row.hidden) { shown += 1; }
        });
        table.classList.toggle("narrowed", isNarrowed);
      });
      box.classList.toggle("narrowed", isNarrowed);
      var values = { shown: shown, total: box.getAttribute("data-total") };
      status.textContent = isNarrowed ? fill(box.getAttribute("data-some"), values) : box.getAttribute("data-all");
    }

    function readAddress() {
      if (window.location.hash.indexOf("=") < 0) { return; }
      var wanted = {};
      window.location.hash.slice(1).split("&").forEach(function (part) {
        var pair = part.split("=");
        try { wanted[pair[0]] = decodeURIComponent(pair[1] || ""); } catch (error) { wanted[pair[0]] = ""; }
      });
      selects.forEach(function (select) {
        var isKnown = list(select.options).some(function (option) { return option.value === wanted[select.name]; });
        select.value = isKnown ? wanted[select.name] : "";
      });
    }

    box.hidden = false;
    box.addEventListener("change", function () { show(); keepAddress(); });
    box.querySelector("button").addEventListener("click", function () {
      selects.forEach(function (select) { select.value = ""; });
      show();
      keepAddress();
    });
    window.addEventListener("hashchange", function () { readAddress(); show(); });
    readAddress();
    show();
  }

  document.addEventListener("DOMContentLoaded", function () { list(document.querySelectorAll(".filter")).forEach(start); });
})();
