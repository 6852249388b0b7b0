/* The compare page: puts the chosen units side by side. Figures come as the pages write them, from data/compare.js;
   the choice lives in the address after the #, so that a link keeps it. */
(function () {
  "use strict";

  var FEWEST = 2, MOST = 6;
  var SVG = "http://www.w3.org/2000/svg";
  var box = document.getElementById("compare");
  var data = window.xietongCompare;
  if (!box || !data) { return; }
  var words = JSON.parse(box.getAttribute("data-words"));

  function element(id) { return document.getElementById(id); }

  function all(selector) { return Array.prototype.slice.call(box.querySelectorAll(selector)); }

  var fill = window.xietongFill;

  function make(tag, className, text) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function draw(name, attributes) {
    var made = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }

  function chosen(kind) { return all("input." + kind).filter(function (input) { return input.checked; }); }

  function name(input) { return input.parentNode.textContent.trim(); }

  function headLink(input) {
    var link = make("a", "", name(input));
    link.setAttribute("href", input.getAttribute("data-path"));
    return link;
  }

  /* The address */

  function codes(inputs) { return inputs.map(function (input) { return input.value; }).join(","); }

  function keepAddress() {
    var text = "#units=" + codes(chosen("unit-choice")) + "&indicators=" + codes(chosen("indicator-choice"));
    element("permalink").setAttribute("href", text);
    if (window.location.hash === text) { return; }
    try { window.history.replaceState(null, "", text); } catch (error) { window.location.hash = text; }
  }

  /* Return what of the wanted is not known or too much. */
  function choose(kind, wanted, most) {
    var known = all("input." + kind).map(function (input) { return input.value; });
    var taken = (wanted || []).filter(function (code, place) {
      return known.indexOf(code) >= 0 && wanted.indexOf(code) === place;
    }).slice(0, most);
    all("input." + kind).forEach(function (input) {
      input.checked = wanted === null ? input.hasAttribute("data-first") : taken.indexOf(input.value) >= 0;
    });
    return (wanted || []).filter(function (code) { return taken.indexOf(code) < 0; });
  }

  function readAddress() {
    var found = { units: null, indicators: null };
    window.location.hash.replace(/^#/, "").split("&").forEach(function (part) {
      var at = part.indexOf("="), key = part.slice(0, at);
      if (key === "units" || key === "indicators") {
        found[key] = part.slice(at + 1).split(",").filter(function (code) { return code !== ""; });
      }
    });
    return choose("unit-choice", found.units, MOST).concat(choose("indicator-choice", found.indicators, Infinity));
  }

  /* Cells */

  function outputCell(found) {
    var cell = make("td", "n");
    if (found === null) { cell.appendChild(make("span", "gap", words.none)); return cell; }
    var values = { rank: found[2], low: found[3], high: found[4] };
    cell.appendChild(make("b", "", found[0]));
    cell.appendChild(make("br"));
    cell.appendChild(make("span", "", words.bands[found[1]] || ""));
    cell.appendChild(make("br"));
    cell.appendChild(make("span", "small muted", fill(
      found[2] === null ? words.unranked : found[3] === null ? words.rank
        : found[3] === found[4] ? words.rankCertain : words.rankInterval, values)));
    return cell;
  }

  /* Where a score lies between 0 and 100: the range of the ranked units, their middle half, and the unit. */
  function scoreDrawing(score, spread, label) {
    function x(value) { return (6 + 1.2 * value).toFixed(1); }
    var svg = draw("svg", { viewBox: "0 0 132 18", width: 132, height: 18, role: "img", "aria-label": label });
    svg.appendChild(draw("line", { "class": "grid-line", x1: 6, y1: 9, x2: 126, y2: 9 }));
    svg.appendChild(draw("line", { "class": "spread", x1: x(spread[0]), y1: 9, x2: x(spread[4]), y2: 9 }));
    svg.appendChild(draw("rect", {
      "class": "spine-range", x: x(spread[1]), y: 4, width: (1.2 * (spread[3] - spread[1])).toFixed(1), height: 10
    }));
    svg.appendChild(draw("line", { "class": "spine-median", x1: x(spread[2]), y1: 3, x2: x(spread[2]), y2: 15 }));
    svg.appendChild(draw("circle", { "class": "dot", cx: x(score), cy: 9, r: 4.5 }));
    return svg;
  }

  function figureCell(found, spread) {
    var cell = make("td", "n");
    if (found === "missing") { cell.appendChild(make("span", "gap", words.missing)); return cell; }
    if (typeof found === "string") { cell.appendChild(make("span", "muted", words.inapplicable)); return cell; }
    cell.appendChild(make("b", "", found[0]));
    cell.appendChild(make("br"));
    cell.appendChild(make("span", "small muted", words.periods[found[1]]));
    if (found[2] > 0) {
      cell.appendChild(document.createTextNode(" "));
      cell.appendChild(make("span", "age", fill(words.age, { months: found[2] })));
    }
    if (found[4] !== null && spread) {
      cell.appendChild(make("br"));
      cell.appendChild(make("span", "small", fill(words.score, { score: found[3] })));
      cell.appendChild(make("br"));
      cell.appendChild(scoreDrawing(found[4], spread, fill(words.position, {
        score: found[3], low: spread[1], median: spread[2], high: spread[3]
      })));
    }
    return cell;
  }

  function row(head, cells) {
    var made = make("tr");
    head.setAttribute("scope", "row");
    made.appendChild(head);
    cells.forEach(function (cell) { made.appendChild(cell); });
    return made;
  }

  function show() {
    var units = chosen("unit-choice"), indicators = chosen("indicator-choice");
    var places = units.map(function (input) { return data.units.indexOf(input.value); });
    var head = element("compare-table").tHead.rows[0], body = element("compare-table").tBodies[0];
    while (head.cells.length > 1) { head.removeChild(head.lastChild); }
    body.textContent = "";
    units.forEach(function (input) {
      var cell = make("th", "n");
      cell.setAttribute("scope", "col");
      cell.appendChild(headLink(input));
      head.appendChild(cell);
    });
    Object.keys(data.outputs).forEach(function (output) {
      var th = make("th", "", words.outputs[output]);
      th.appendChild(make("small", "measure", words.ranges[output]));
      body.appendChild(row(th, places.map(function (place) { return outputCell(data.outputs[output][place]); })));
    });
    indicators.forEach(function (input) {
      var th = make("th");
      th.appendChild(headLink(input));
      th.appendChild(make("small", "measure", input.getAttribute("data-measure") || ""));
      body.appendChild(row(th, places.map(function (place) {
        return figureCell(data.figures[input.value][place], data.spreads[input.value]);
      })));
    });
    element("count").textContent = fill(words.count, { units: units.length, indicators: indicators.length });
    var isFull = units.length >= MOST;
    all("input.unit-choice").forEach(function (input) { input.disabled = isFull && !input.checked; });
    element("problem").textContent = units.length < FEWEST ? words.few : isFull ? words.many : "";
    keepAddress();
  }

  function readAndShow() {
    var unread = readAddress();
    show();
    if (unread.length > 0) { element("problem").textContent = fill(words.unread, { parts: unread.join(" ") }); }
  }

  element("without-script").hidden = true;
  box.hidden = false;
  all("input").forEach(function (input) { input.addEventListener("change", show); });
  window.addEventListener("hashchange", function () {
    // An address that leads to a place on the page is no choice.
    if (window.location.hash.indexOf("=") >= 0) { readAndShow(); }
  });
  readAndShow();
})();
