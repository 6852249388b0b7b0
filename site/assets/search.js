/* Filters the list of the search page by words and parts of words, in both languages; the query stays in the address. */
(function () {
  "use strict";

  function plain(text) {
    return text.normalize("NFKC").toLocaleLowerCase().replace(/\s+/g, " ").trim();
  }

  function start() {
    var box = document.getElementById("search");
    var input = document.getElementById("query");
    var told = document.getElementById("told");
    var sections = Array.prototype.slice.call(document.querySelectorAll("section.entries"));
    var entries = sections.map(function (section) {
      var items = Array.prototype.slice.call(section.querySelectorAll("li"));
      return items.map(function (item, place) {
        return { item: item, place: place, name: plain(item.dataset.found), text: plain(item.textContent) };
      });
    });

    /* 0: the name begins with the query; 1: it has all words; 2: the explanation has them; null: not found. */
    function grade(entry, query, words) {
      if (entry.name.indexOf(query) === 0) { return 0; }
      if (words.every(function (word) { return entry.name.indexOf(word) >= 0; })) { return 1; }
      return words.every(function (word) { return entry.text.indexOf(word) >= 0; }) ? 2 : null;
    }

    function filter() {
      var query = plain(input.value);
      var words = query.split(" ");
      var found = 0;
      sections.forEach(function (section, number) {
        var list = section.querySelector("ul");
        var graded = entries[number].map(function (entry) {
          return [query === "" ? 1 : grade(entry, query, words), entry];
        });
        graded.sort(function (first, second) {
          return (first[0] === null ? 3 : first[0]) - (second[0] === null ? 3 : second[0]) || first[1].place - second[1].place;
        });
        var shown = 0;
        graded.forEach(function (pair) {
          pair[1].item.hidden = pair[0] === null;
          shown += pair[0] === null ? 0 : 1;
          list.appendChild(pair[1].item);
        });
        section.hidden = shown === 0;
        found += shown;
      });
      told.textContent = query === "" ? "" : found === 0 ? told.dataset.none : told.dataset.pattern.replace("#", String(found));
    }

    function fromAddress() {
      var query = /^#q=(.*)$/.exec(window.location.hash);
      try { input.value = query ? decodeURIComponent(query[1]) : input.value; } catch (error) { input.value = ""; }
      filter();
    }

    box.hidden = false;
    input.addEventListener("input", function () {
      filter();
      window.history.replaceState(null, "", "#q=" + encodeURIComponent(input.value));
    });
    input.addEventListener("keydown", function (event) {
      var first = document.querySelector("section.entries:not([hidden]) li:not([hidden]) a");
      if (event.key === "Enter" && first !== null) { first.click(); }
    });
    window.addEventListener("hashchange", fromAddress);
    fromAddress();
  }

  document.addEventListener("DOMContentLoaded", start);
})();
