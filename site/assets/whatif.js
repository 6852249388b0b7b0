/* The what-if page: reads what a reader changed, has whatif-model.js recompute it, and writes the results into the
   table. The setting lives in the address after the #, so that a link keeps it. */
(function () {
  "use strict";

  var box = document.getElementById("what-if");
  var model = window.xietongWhatIf, script = window.xietongWhatIfModel;
  if (!box || !model || !script) { return; }
  var words = JSON.parse(box.getAttribute("data-words"));
  var levers = [];
  var published = byUnit(script.evaluate(model, {}));

  function element(id) { return document.getElementById(id); }

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

  var fill = window.xietongFill;

  function written(value, decimals) {
    var text = Math.abs(value).toFixed(decimals);
    return (value < 0 && Number(text) !== 0 ? "\u2212" : "") + text;
  }

  function signed(value, decimals) {
    var text = written(value, decimals);
    return value > 0 && Number(text) !== 0 ? "+" + text : text;
  }

  function byUnit(results) {
    var found = {};
    results.forEach(function (result) { found[result.unit] = result; });
    return found;
  }

  function chosen(select) { return select.options[select.selectedIndex]; }

  function option(select, value) {
    return all("option", select).filter(function (one) { return one.value === value; })[0];
  }

  function indicatorRow(code) {
    return model.indicators.filter(function (row) { return row[0] === code; })[0];
  }

  /* Settings */

  function weightInputs() { return all("input.weight", box); }

  function setting() {
    var found = { nodes: {}, indicators: {}, levers: levers };
    var wrong = [];
    weightInputs().forEach(function (input) {
      var weight = Number(input.value);
      if (input.value.trim() === "" || !isFinite(weight) || weight < 0) { wrong.push(input); return; }
      if (weight !== Number(input.defaultValue)) {
        found[input.getAttribute("data-kind") === "node" ? "nodes" : "indicators"][input.getAttribute("data-code")] =
          weight;
      }
    });
    var share = element("share");
    if (share.value.trim() === "" || !(Number(share.value) >= 0 && Number(share.value) <= 1)) { wrong.push(share); }
    else if (Number(share.value) !== Number(share.defaultValue)) { found.share = Number(share.value); }
    weightInputs().concat([share]).forEach(function (input) {
      if (wrong.indexOf(input) >= 0) { input.setAttribute("aria-invalid", "true"); }
      else { input.removeAttribute("aria-invalid"); }
    });
    return { setting: found, wrong: wrong };
  }

  function address(found) {
    var parts = [];
    Object.keys(found.nodes).sort().forEach(function (code) { parts.push("n." + code + "=" + found.nodes[code]); });
    Object.keys(found.indicators).sort().forEach(function (code) {
      parts.push("i." + code + "=" + found.indicators[code]);
    });
    if (found.share !== undefined) { parts.push("share=" + found.share); }
    found.levers.forEach(function (lever) {
      var effect = lever.missing ? "missing" : lever.score !== undefined ? "score:" + lever.score
        : "value:" + lever.value;
      parts.push("lever=" + [lever.unit, lever.indicator, effect].join(":"));
    });
    return parts.join("&");
  }

  function readLever(text) {
    var parts = text.split(":"), number = Number(parts[3]);
    var isKnown = option(element("lever-unit"), parts[0]) && indicatorRow(parts[1]);
    var isNumber = parts.length === 4 && parts[3] !== "" && isFinite(number);
    if (isKnown && parts[2] === "missing" && parts.length === 3) {
      return { unit: parts[0], indicator: parts[1], missing: true };
    }
    if (isKnown && parts[2] === "value" && isNumber) {
      return { unit: parts[0], indicator: parts[1], value: number };
    }
    if (isKnown && parts[2] === "score" && isNumber && number >= 0 && number <= 100) {
      return { unit: parts[0], indicator: parts[1], score: number };
    }
    return null;
  }

  /* Return the parts of an address that mean nothing here. */
  function readAddress(text) {
    var unread = [];
    var inputs = {};
    levers = [];
    weightInputs().forEach(function (input) {
      input.value = input.defaultValue;
      inputs[(input.getAttribute("data-kind") === "node" ? "n." : "i.") + input.getAttribute("data-code")] = input;
    });
    element("share").value = element("share").defaultValue;
    inputs.share = element("share");
    text.replace(/^#/, "").split("&").forEach(function (part) {
      if (part === "") { return; }
      var at = part.indexOf("="), name = part.slice(0, at), value = part.slice(at + 1);
      var lever = name === "lever" ? readLever(value) : null;
      if (lever !== null) { levers.push(lever); }
      // Pages of units lead here with the unit that a lever is to move.
      else if (name === "unit" && option(element("lever-unit"), value)) { element("lever-unit").value = value; }
      else if (Object.prototype.hasOwnProperty.call(inputs, name) && value !== "" && Number(value) >= 0) {
        inputs[name].value = value;
      } else { unread.push(part); }
    });
    return unread;
  }

  /* Levers */

  function unitWords(code) { return option(element("lever-unit"), code).textContent; }

  function targetFor(unit, indicator) {
    var targets = JSON.parse(option(element("lever-indicator"), indicator).getAttribute("data-targets") || "[]");
    return targets.filter(function (target) { return target[0] === unit || target[0] === ""; })[0];
  }

  function leverWords(lever) {
    var indicator = option(element("lever-indicator"), lever.indicator);
    var kind = lever.missing ? "missing" : lever.score !== undefined ? "score" : "value";
    return fill(words.lever[kind], {
      unit: unitWords(lever.unit), indicator: indicator.textContent, measure: indicator.getAttribute("data-measure"),
      value: lever.value, score: lever.score
    });
  }

  function factWords() {
    var unit = element("lever-unit").value, indicator = element("lever-indicator").value;
    var at = chosen(element("lever-indicator")), row = indicatorRow(indicator);
    var position = model.units.map(function (one) { return one[0]; }).indexOf(unit);
    var values = { worst: row[3], best: row[4], measure: at.getAttribute("data-measure") };
    var sentences = [];
    if (position >= 0) {
      var value = model.values[position][model.indicators.indexOf(row)];
      values.value = typeof value === "number" ? written(value, Number(at.getAttribute("data-decimals"))) : "";
      sentences.push(fill(value === "-" ? words.inapplicable : value === null ? words.missing : words.reported, values));
    }
    sentences.push(fill(words.facts, values));
    var target = targetFor(unit, indicator);
    sentences.push(target ? target[2] : words.noTarget);
    return sentences.join(" ");
  }

  function showLeverForm() {
    var kind = element("lever-kind").value, number = element("lever-number");
    number.disabled = kind !== "value" && kind !== "score";
    option(element("lever-kind"), "target").disabled =
      !targetFor(element("lever-unit").value, element("lever-indicator").value);
    if (chosen(element("lever-kind")).disabled) { element("lever-kind").value = "best"; showLeverForm(); return; }
    element("lever-facts").textContent = factWords();
  }

  function addLever() {
    var unit = element("lever-unit").value, indicator = element("lever-indicator").value;
    var kind = element("lever-kind").value, text = element("lever-number").value, number = Number(text);
    var lever = { unit: unit, indicator: indicator };
    if (kind === "missing") { lever.missing = true; }
    else if (kind === "target") { lever.value = targetFor(unit, indicator)[1]; }
    else if (kind === "best") { lever.value = indicatorRow(indicator)[4]; }
    else if (text.trim() === "" || !isFinite(number)) { say("problem", words.noNumber); return; }
    else if (kind === "score" && (number < 0 || number > 100)) { say("problem", words.scoreRange); return; }
    else { lever[kind] = number; }
    levers = levers.filter(function (other) { return other.unit !== unit || other.indicator !== indicator; });
    levers.push(lever);
    recompute();
  }

  function listLevers() {
    var list = element("lever-list");
    list.textContent = "";
    levers.forEach(function (lever, position) {
      var item = document.createElement("li"), button = document.createElement("button");
      item.appendChild(document.createTextNode(leverWords(lever) + " "));
      button.type = "button";
      button.textContent = words.remove;
      button.setAttribute("aria-label", words.remove + words.colon + leverWords(lever));
      button.addEventListener("click", function () {
        levers.splice(position, 1);
        recompute();
        element("lever-add").focus();
      });
      item.appendChild(button);
      list.appendChild(item);
    });
    list.hidden = levers.length === 0;
  }

  /* Results */

  function say(id, text) { element(id).textContent = text; }

  function show(cell, text, value, difference) {
    cell.textContent = text;
    cell.setAttribute("data-value", value === null ? "" : value);
    if (difference) {
      var small = document.createElement("span");
      small.className = "small difference";
      small.textContent = difference;
      cell.appendChild(document.createElement("br"));
      cell.appendChild(small);
    }
  }

  function showScore(cell, now, before, decimals) {
    var isMoved = now !== null && before !== null && Math.abs(now - before) >= 0.5 * Math.pow(10, -decimals);
    show(cell, now === null ? words.none : written(now, decimals), now, isMoved ? signed(now - before, decimals) : "");
  }

  function showRank(cell, now, before) {
    var text = now === null ? "" : String(now);
    show(cell, text, now, now !== null && before !== null && now !== before ? signed(before - now, 0) : "");
  }

  function showRow(row, result) {
    var before = published[result.unit];
    function cell(name) { return row.querySelector('[data-cell="' + name + '"]'); }
    showScore(cell("degree"), result.synergy.d_modified, before.synergy.d_modified, 2);
    showRank(cell("synergy-rank"), result.synergy.rank, before.synergy.rank);
    showScore(cell("index"), result.index.score, before.index.score, 1);
    showRank(cell("index-rank"), result.index.rank, before.index.rank);
    cell("band").textContent = result.synergy.band === null ? "" : words.bands[result.synergy.band - 1];
    cell("lag").textContent = result.synergy.lag_type === null ? "" : words.lags[result.synergy.lag_type];
    var standard = result.synergy.d_standard;
    show(cell("standard"), standard === null ? "" : written(standard, 2), standard, "");
  }

  /* The published interval of a rank: a recomputed rank has none of its own. */
  function intervalWords(unit, kind) {
    var row = document.querySelector('tr[data-unit="' + unit + '"]');
    var range = row.getAttribute("data-" + kind + "-interval");
    return range === null ? "" : fill(words.interval, { range: range });
  }

  function rankWords(row) { return row.rank === null ? words.none : String(row.rank); }

  function showMovers(results) {
    var list = element("movers");
    list.textContent = "";
    results.map(function (result) {
      var before = published[result.unit];
      var moved = Math.abs((result.synergy.d_modified || 0) - (before.synergy.d_modified || 0)) * 100 +
        Math.abs((result.index.score || 0) - (before.index.score || 0));
      return { result: result, before: before, moved: moved };
    }).filter(function (one) { return one.moved >= 0.05; }).sort(function (first, second) {
      return second.moved - first.moved;
    }).slice(0, 3).forEach(function (one) {
      var item = document.createElement("li"), result = one.result, before = one.before;
      item.textContent = fill(words.moved, {
        unit: unitWords(result.unit),
        degreeBefore: before.synergy.d_modified === null ? words.none : written(before.synergy.d_modified, 2),
        degree: result.synergy.d_modified === null ? words.none : written(result.synergy.d_modified, 2),
        rankBefore: rankWords(before.synergy), rank: rankWords(result.synergy),
        interval: intervalWords(result.unit, "synergy"), indexInterval: intervalWords(result.unit, "index"),
        indexBefore: before.index.score === null ? words.none : written(before.index.score, 1),
        index: result.index.score === null ? words.none : written(result.index.score, 1),
        indexRankBefore: rankWords(before.index), indexRank: rankWords(result.index)
      });
      list.appendChild(item);
    });
    list.hidden = list.children.length === 0;
  }

  function summary(results, found) {
    if (address(found) === "") { return words.unchanged; }
    var synergy = 0, index = 0;
    results.forEach(function (result) {
      synergy += result.synergy.rank !== published[result.unit].synergy.rank ? 1 : 0;
      index += result.index.rank !== published[result.unit].index.rank ? 1 : 0;
    });
    return fill(words.changed, { synergy: synergy, index: index });
  }

  function keepAddress(found) {
    var text = "#" + address(found);
    element("permalink").setAttribute("href", text);
    if (text === (window.location.hash || "#")) { return; }
    try { window.history.replaceState(null, "", text); } catch (error) { window.location.hash = text; }
  }

  function recompute() {
    var read = setting();
    listLevers();
    showLeverForm();
    if (read.wrong.length > 0) { say("problem", words.badWeight); return; }
    var weightless = script.weightless(model, read.setting);
    if (weightless.length > 0) {
      var names = all("tr", box).filter(function (row) {
        var input = row.querySelector("input.weight");
        return input && input.getAttribute("data-kind") === "node" &&
          weightless.indexOf(input.getAttribute("data-code")) >= 0;
      }).map(function (row) { return row.querySelector("th").textContent; });
      say("problem", fill(words.weightless, { nodes: names.join(" · ") }));
      return;
    }
    say("problem", "");
    var results = script.evaluate(model, read.setting), found = byUnit(results);
    all("tr[data-unit]", element("result-table")).forEach(function (row) {
      showRow(row, found[row.getAttribute("data-unit")]);
    });
    say("summary", summary(results, read.setting));
    showMovers(results);
    keepAddress(read.setting);
  }

  function readAndRecompute() {
    var hash = window.location.hash;
    var unread = readAddress(hash.indexOf("=") >= 0 ? hash : "");
    recompute();
    if (unread.length > 0) { say("problem", fill(words.unread, { parts: unread.join(" ") })); }
  }

  // What a reader comes for is a target; the first indicator that has one stands chosen.
  all("[data-targets]", box).slice(0, 1).forEach(function (first) { element("lever-indicator").value = first.value; });
  element("without-script").hidden = true;
  [box, element("summary")].concat(all(".own")).forEach(function (hidden) { hidden.hidden = false; });
  ["lever-unit", "lever-indicator", "lever-kind"].forEach(function (id) {
    element(id).addEventListener("change", showLeverForm);
  });
  element("lever-add").addEventListener("click", addLever);
  element("share").addEventListener("input", recompute);
  weightInputs().forEach(function (input) { input.addEventListener("input", recompute); });
  element("reset").addEventListener("click", function () { readAddress(""); recompute(); });
  window.addEventListener("hashchange", function () {
    // An address that leads to a place on the page is no setting.
    if (window.location.hash.indexOf("=") >= 0) { readAndRecompute(); }
  });
  readAndRecompute();
})();
