// Entering ballots by keys: a digit marks the item one stands at and goes on, Enter enters the ballot; + - and R move
// its scan.  The scan of the next ballot is fetched while this one is read.
(() => {
  const form = document.querySelector("form[data-entry]");
  if (!form) return;
  const rows = [...form.querySelectorAll(".mark-row")];
  let at = 0, sent = false;

  const marked = (row) => row.querySelector("input:checked") !== null;

  function stand(place) {
    at = Math.min(Math.max(place, 0), rows.length);
    rows.forEach((row, number) => row.classList.toggle("here", number === at));
    if (rows[at]) rows[at].scrollIntoView({ block: "nearest" });
  }

  function submit() {
    const missing = rows.findIndex((row) => !marked(row));
    if (missing >= 0) { stand(missing); return; }
    if (!sent) { sent = true; form.requestSubmit(); }
  }

  const scan = document.querySelector("[data-scan]"), view = scan && scan.querySelector(".scan-view");
  let size = 1, turned = 0;

  function look(larger, quarters) {
    if (!view) return;
    size = Math.min(Math.max(size + larger * 0.5, 1), 4);
    turned = (turned + quarters) % 4;
    for (const picture of view.querySelectorAll("img")) {
      picture.style.width = `${size * 100}%`;
      picture.style.transform = `rotate(${turned * 90}deg)`;
    }
  }

  if (scan) {
    scan.querySelector(".scan-tools").hidden = false;
    scan.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-zoom], [data-turn]");
      if (tool) look(Number(tool.dataset.zoom || 0), "turn" in tool.dataset ? 1 : 0);
      // a tap on the picture itself enlarges it here; without a script it opens
      else if (event.target.closest("a")) { event.preventDefault(); look(size < 4 ? 1 : 1 - size * 2, 0); }
      if (tool) tool.blur();
    });
  }
  window.addEventListener("load", () => {
    for (const address of form.dataset.ahead.split(" ").filter(Boolean)) new Image().src = address;
  });

  function pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=radio]), textarea, select, a, summary")) return;
    const wanted = event.key.length === 1 && rows[at] && rows[at].querySelector(`input[value="${CSS.escape(event.key)}"]`);
    if (wanted) { wanted.checked = true; stand(at + 1); }
    else if (event.key === "Enter") submit();
    else if (event.key === "Backspace") stand(at - 1);
    else if (event.key === "+" || event.key === "=") look(1, 0);
    else if (event.key === "-") look(-1, 0);
    else if (event.key === "r" || event.key === "R") look(0, 1);
    else return;
    event.preventDefault();
  }

  form.addEventListener("change", (event) => stand(rows.indexOf(event.target.closest(".mark-row")) + 1));
  form.addEventListener("submit", () => { sent = true; });
  document.addEventListener("keydown", pressed);
  const first = rows.findIndex((row) => !marked(row));
  stand(first < 0 ? rows.length : first);
})();
