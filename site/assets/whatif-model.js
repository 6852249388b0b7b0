/* The scores of all units under other weights and figures, by the formulas of the SQL models. No page is needed:
   Node can load this file too, and one set of golden vectors holds it and the SQL to the same figures. */
(function (root) {
  "use strict";

  /* DuckDB's round(): half away from zero. */
  function rounded(value, digits) {
    if (value === null) { return null; }
    var scale = Math.pow(10, digits);
    var scaled = Math.abs(value) * scale;
    return (value < 0 ? -1 : 1) * Math.round(scaled) / scale;
  }

  function goalpostScore(value, worst, best) {
    var share = (value - worst) / (best - worst);
    if (value === null || best === worst || isNaN(share)) { return null; }
    return share <= 0 ? 0 : share >= 1 ? 100 : 100 * (value - worst) / (best - worst);
  }

  function couplingDegree(p, k) {
    var highest = Math.max(p, k);
    if (highest <= 0) { return null; }
    var first = p / highest, second = k / highest;
    return Math.min(1, Math.sqrt(first * second) / ((first + second) / 2));
  }

  function modifiedCouplingDegree(p, k) {
    var highest = Math.max(p, k);
    if (highest <= 0) { return null; }
    return Math.sqrt(Math.max(0, 1 - Math.abs(p - k)) * ((p / highest) * (k / highest)));
  }

  function coordinationDegree(c, t) {
    if (t <= 0) { return 0; }
    return c === null ? null : Math.min(1, Math.sqrt(Math.max(c, 0) * t));
  }

  function coordinationBand(degree) {
    if (degree === null) { return null; }
    return Math.max(1, Math.min(10, Math.floor(Math.round(degree * 1e6) / 100000) + 1));
  }

  function lagType(p, k) {
    var gap = rounded(p - k, 6);
    return gap > 0.1 ? "carbon_lagging" : gap < -0.1 ? "pollution_lagging" : "synchronous";
  }

  function known(value, otherwise) { return value === undefined ? otherwise : value; }

  function byCode(first, second) { return first.code < second.code ? -1 : first.code > second.code ? 1 : 0; }

  /* The model with the weights of a setting; rows of the model are arrays to keep its file small. */
  function weighted(model, setting) {
    var nodes = model.nodes.map(function (row) {
      return {
        code: row[0], parent: row[1], level: row[2], weight: known((setting.nodes || {})[row[0]], row[3]),
        aggregation: row[4], takes: row[5]
      };
    }).sort(byCode);
    var indicators = model.indicators.map(function (row, position) {
      return {
        code: row[0], node: row[1], weight: known((setting.indicators || {})[row[0]], row[2]),
        worst: row[3], best: row[4], position: position
      };
    }).sort(byCode);
    return { nodes: nodes, indicators: indicators };
  }

  /* Figures of one unit: a number is observed, null is missing, "-" does not apply. */
  function figures(model, position, setting) {
    var unit = model.units[position];
    var codes = model.indicators.map(function (row) { return row[0]; });
    var found = model.values[position].map(function (value) {
      return value === "-" ? { state: "not_applicable" } : value === null ? { state: "missing" }
        : { state: "observed", value: value };
    });
    (setting.levers || []).forEach(function (lever) {
      var at = codes.indexOf(lever.indicator);
      var isMeant = lever.unit === unit[0] || lever.unit === "all" || (unit[2] !== null && lever.unit === unit[2]);
      if (at < 0 || !isMeant || found[at].state === "not_applicable") { return; }
      if (lever.missing) { found[at] = { state: "missing" }; }
      else if (lever.score !== undefined) { found[at] = { state: "observed", score: lever.score }; }
      else { found[at] = { state: "observed", value: lever.value }; }
    });
    return found;
  }

  function subIndex(indicators, found, availability) {
    var observed = 0, applicable = 0;
    indicators.forEach(function (indicator) {
      var state = found[indicator.position].state;
      if (state === "observed") { observed += indicator.weight; }
      if (state !== "not_applicable") { applicable += indicator.weight; }
    });
    if (!(applicable > 0)) { return { state: "not_applicable", score: null, coverage: null }; }
    var coverage = observed / applicable;
    if (coverage < availability - 1e-9) { return { state: "not_assessable", score: null, coverage: coverage }; }
    var score = null;
    indicators.forEach(function (indicator) {
      var figure = found[indicator.position];
      if (figure.state !== "observed") { return; }
      var own = figure.score !== undefined ? figure.score
        : goalpostScore(figure.value, indicator.worst, indicator.best);
      if (own !== null) { score = (score === null ? 0 : score) + indicator.weight / observed * own; }
    });
    return { state: "assessed", score: score, coverage: coverage };
  }

  function synergyOf(pollution, carbon, share, carbonShare) {
    var p = pollution.score === null ? null : pollution.score / 100;
    var k = carbon.score === null ? null : carbon.score / 100;
    if (p === null || k === null) {
      return {
        state: "not_assessable", reason: "missing", p_score: p, k_score: k, c_standard: null, c_modified: null,
        t: null, d_standard: null, d_modified: null, band: null, lag_type: null
      };
    }
    var t = share * p + carbonShare * k;
    var standard = couplingDegree(p, k), modified = modifiedCouplingDegree(p, k);
    var degree = coordinationDegree(modified, t);
    return {
      state: "assessed", reason: t === 0 ? "both_zero" : null, p_score: p, k_score: k,
      c_standard: standard, c_modified: modified, t: t, d_standard: coordinationDegree(standard, t),
      d_modified: degree, band: coordinationBand(degree), lag_type: lagType(p, k)
    };
  }

  function total(parts, measure) {
    return parts.reduce(function (sum, part) { return sum + part.weight * measure(part); }, 0);
  }

  function joined(parts, aggregation, floor) {
    var taking = parts.filter(function (part) { return part.state !== "not_applicable"; });
    var weight = total(taking, function () { return 1; });
    var isWhole = taking.every(function (part) { return part.score !== null; }) && weight > 0;
    var arithmetic = isWhole ? total(taking, function (part) { return part.score; }) / weight : null;
    var isGeometric = isWhole && aggregation === "geometric";
    return {
      state: taking.length === 0 ? "not_applicable"
        : taking.every(function (part) { return part.state === "assessed"; }) ? "assessed" : "not_assessable",
      score: isGeometric
        ? Math.exp(total(taking, function (part) { return Math.log(Math.max(part.score, floor)); }) / weight)
        : arithmetic,
      score_arithmetic: arithmetic,
      coverage: weight > 0 ? total(taking, function (part) { return part.coverage; }) / weight : null
    };
  }

  function scoresOf(model, method, found, setting) {
    var nodes = {};
    method.nodes.forEach(function (node) {
      if (node.takes !== "indicators") { return; }
      var own = method.indicators.filter(function (indicator) { return indicator.node === node.code; });
      nodes[node.code] = subIndex(own, found, model.availability);
      nodes[node.code].score_arithmetic = nodes[node.code].score;
    });
    var share = known(setting.share, model.synergy.weight_pollution);
    var carbonShare = setting.share === undefined ? model.synergy.weight_carbon : 1 - setting.share;
    var synergy = synergyOf(nodes[model.synergy.pollution], nodes[model.synergy.carbon], share, carbonShare);
    method.nodes.forEach(function (node) {
      if (node.takes !== "synergy_degree") { return; }
      var score = synergy.d_modified === null ? null : 100 * synergy.d_modified;
      nodes[node.code] = {
        state: synergy.state, score: score, score_arithmetic: score, coverage: synergy.state === "assessed" ? 1 : 0
      };
    });
    function join(node) {
      var parts = method.nodes.filter(function (child) { return child.parent === node.code; }).map(function (child) {
        if (nodes[child.code] === undefined) { join(child); }
        var scored = nodes[child.code];
        return { weight: child.weight, state: scored.state, score: scored.score, coverage: scored.coverage };
      });
      nodes[node.code] = joined(parts, node.aggregation, model.floor);
    }
    method.nodes.forEach(function (node) { if (nodes[node.code] === undefined) { join(node); } });
    return { synergy: synergy, nodes: nodes };
  }

  function indexBand(score, bands, digits) {
    var found = null, own = rounded(score, digits);
    if (own === null) { return null; }
    bands.forEach(function (band, position) {
      if (own >= band[1] && (own < band[2] || position === bands.length - 1)) { found = band[0]; }
    });
    return found;
  }

  /* Competition ranks of what takes part: equal to the published digits means equal in rank; without a score, last. */
  function rank(entries, digits) {
    entries.forEach(function (entry) { entry.height = rounded(entry.score, digits); });
    entries.forEach(function (entry) {
      function ahead(others) {
        return 1 + others.filter(function (other) {
          return other.height !== null && (entry.height === null || other.height > entry.height);
        }).length;
      }
      var everybody = entries.filter(function (other) { return other.kind === entry.kind; });
      var peers = everybody.filter(function (other) { return other.group === entry.group; });
      entry.target.rank = ahead(everybody);
      entry.target.ranked_units = everybody.length;
      entry.target.group_rank = entry.group === null ? null : ahead(peers);
      entry.target.group_units = entry.group === null ? null : peers.length;
    });
  }

  function ranked(model, results, output, score) {
    var entries = [];
    results.forEach(function (result, position) {
      var unit = model.units[position], target = output(result);
      target.rank = target.ranked_units = target.group_rank = target.group_units = null;
      if (unit[3] && target.state === "assessed") {
        entries.push({ kind: unit[1], group: unit[2], score: score(target), target: target });
      }
    });
    rank(entries, model.digits);
  }

  /**
   * Return the synergy degree and every node of every unit under a setting, in the order of the model's units.
   *
   * setting.nodes and setting.indicators: weights by code; setting.share: weight of pollution in T; setting.levers:
   * {unit, indicator} with a value, a score or missing, unit being a code, a peer group or "all". What is left out is
   * as published.
   */
  function evaluate(model, setting) {
    var method = weighted(model, setting);
    var top = method.nodes.filter(function (node) { return node.parent === null; })[0].code;
    var results = model.units.map(function (unit, position) {
      var scores = scoresOf(model, method, figures(model, position, setting), setting);
      var index = scores.nodes[top];
      index.band = index.score === null ? null : indexBand(index.score, model.bands, model.digits);
      return { unit: unit[0], synergy: scores.synergy, nodes: scores.nodes, index: index };
    });
    ranked(model, results, function (result) { return result.synergy; }, function (row) { return row.d_modified; });
    ranked(model, results, function (result) { return result.index; }, function (row) { return row.score; });
    return results;
  }

  /* The codes of the nodes below which every weight is 0: nothing can be computed from such a setting. */
  function weightless(model, setting) {
    var method = weighted(model, setting);
    return method.nodes.filter(function (node) {
      var below = node.takes === "indicators"
        ? method.indicators.filter(function (indicator) { return indicator.node === node.code; })
        : method.nodes.filter(function (child) { return child.parent === node.code; });
      return node.takes !== "synergy_degree" && !below.some(function (part) { return part.weight > 0; });
    }).map(function (node) { return node.code; });
  }

  var offered = { evaluate: evaluate, weightless: weightless, goalpostScore: goalpostScore };
  root.xietongWhatIfModel = offered;
  if (typeof module === "object" && module.exports) { module.exports = offered; }
})(typeof globalThis === "object" ? globalThis : this);
