/* Offers every chart as PNG: draws the file of the chart, which a script of the page brings, on a canvas. */
(function () {
  "use strict";

  /* So many dots of the picture for one unit of the drawing: sharp on paper. */
  var SCALE = 2;

  /* Calls back with the charts of the page by name; the script that holds them is asked for once, when it is needed. */
  function withCharts(address, use) {
    if (window.xietongCharts) { use(window.xietongCharts); return; }
    var script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", function () { use(window.xietongCharts); });
    document.head.appendChild(script);
  }

  function download(canvas, name) {
    canvas.toBlob(function (picture) {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(picture);
      link.download = name;
      link.click();
      window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    }, "image/png");
  }

  function draw(svg, name) {
    var picture = new Image();
    picture.addEventListener("load", function () {
      var canvas = document.createElement("canvas");
      canvas.width = picture.naturalWidth * SCALE;
      canvas.height = picture.naturalHeight * SCALE;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      download(canvas, name);
    });
    picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  }

  function offer(tools) {
    var button = document.createElement("button");
    var name = tools.querySelector("a").getAttribute("href").split("/").pop().replace(/\.svg$/, ".png");
    var title = tools.querySelector("a .hidden").cloneNode(true);
    button.type = "button";
    button.textContent = tools.dataset.png;
    button.appendChild(title);
    button.addEventListener("click", function () {
      withCharts(tools.dataset.script, function (charts) { draw(charts[tools.dataset.chart], name); });
    });
    tools.insertBefore(button, tools.querySelector("details"));
  }

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".chart-tools"), offer);
  });
})();
