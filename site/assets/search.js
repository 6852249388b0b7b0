/* Filters the list of the search page by words and parts of words, in both languages; where nothing has them it shows
   names that are nearly so. The query stays in the address. */
(function () {
  "use strict";

  /* Nan'an, nanan and nán'àn are one name: marks above letters and apostrophes do not count. */
  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f'’]/g, "").normalize("NFKC").toLocaleLowerCase().replace(/\s+/g, " ").trim();
  }

  /* How many letters must be put in, left out, changed or exchanged with their neighbour to make one word the other. */
  function distance(first, second) {
    var rows = [];
    for (var i = 0; i <= first.length; i += 1) {
      rows.push([i]);
      for (var j = 1; j <= second.length; j += 1) {
        if (i === 0) { rows[0].push(j); continue; }
        var same = first[i - 1] === second[j - 1];
        var best = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && first[i - 1] === second[j - 2] && first[i - 2] === second[j - 1]) {
          best = Math.min(best, rows[i - 2][j - 2] + 1);
        }
        rows[i].push(best);
      }
    }
    return rows[first.length][second.length];
  }

  /* A word of letters is near another when one letter in four is wrong; Chinese when half of its pairs of characters stand in the name. */
  function isNear(word, entry) {
    if (/^[a-z]{4,}$/.test(word)) {
      var allowed = word.length >= 8 ? 2 : 1;
      return entry.words.some(function (other) {
        return Math.abs(other.length - word.length) <= allowed && distance(word, other) <= allowed;
      });
    }
    if (!/^[\u3400-\u9fff]{3,}$/.test(word)) { return false; }
    var found = 0;
    for (var place = 0; place + 2 <= word.length; place += 1) {
      found += entry.name.indexOf(word.slice(place, place + 2)) >= 0 ? 1 : 0;
    }
    return 2 * found >= word.length - 1;
  }

  function start() {
    var box = document.getElementById("search");
    var input = document.getElementById("query");
    var told = document.getElementById("told");
    var sections = Array.prototype.slice.call(document.querySelectorAll("section.entries"));
    var entries = sections.map(function (section) {
      var items = Array.prototype.slice.call(section.querySelectorAll("li"));
      return items.map(function (item, place) {
        var name = plain(item.dataset.found);
        return { item: item, place: place, name: name, words: name.split(/[^a-z]+/), text: plain(item.textContent) };
      });
    });

    /* 0: the name begins with the query; 1: it has all words; 2: the explanation has them; null: not found. */
    function grade(entry, query, words) {
      if (query === "") { return 1; }
      if (entry.name.indexOf(query) === 0) { return 0; }
      if (words.every(function (word) { return entry.name.indexOf(word) >= 0; })) { return 1; }
      return words.every(function (word) { return entry.text.indexOf(word) >= 0; }) ? 2 : null;
    }

    /* As grade; every word is in the name or near one of its words. */
    function nearness(entry, query, words) {
      var near = words.every(function (word) { return entry.name.indexOf(word) >= 0 || isNear(word, entry); });
      return near ? 1 : null;
    }

    /* Shows what has a grade, the best first, and returns how much that is. */
    function show(grading, query) {
      var words = query.split(" ");
      var found = 0;
      sections.forEach(function (section, number) {
        var list = section.querySelector("ul");
        var graded = entries[number].map(function (entry) { return [grading(entry, query, words), entry]; });
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
      return found;
    }

    function filter() {
      var query = plain(input.value);
      var exact = show(grade, query);
      var found = exact || show(nearness, query);
      var pattern = exact ? told.dataset.pattern : found ? told.dataset.near : told.dataset.none;
      told.textContent = query === "" ? "" : pattern.replace("#", String(found));
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
