/* Optional: the quadrant plot can be read without this file. It draws the course of one chosen unit bold. */
(function () {
  "use strict";

  var select = document.getElementById("trajectory-unit");
  if (!select) { return; }

  function course(code) { return document.getElementById("t-" + code); }

  function choose(code) {
    Array.prototype.forEach.call(document.querySelectorAll(".trajectory.chosen"), function (chosen) {
      chosen.classList.remove("chosen");
    });
    var found = code && course(code);
    if (!found) { return; }
    found.classList.add("chosen");
    // What is drawn last lies on top.
    found.parentNode.appendChild(found);
  }

  function readAddress() {
    var code = window.location.hash.replace(/^#t-/, "");
    if (window.location.hash.indexOf("#t-") !== 0 || !course(code)) { return; }
    select.value = code;
    choose(code);
  }

  document.getElementById("trajectory-choice").hidden = false;
  select.addEventListener("change", function () { choose(select.value); });
  window.addEventListener("hashchange", readAddress);
  readAddress();
})();
