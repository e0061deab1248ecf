// Entering ballots by keys: a digit marks the item one stands at and goes on, Enter enters the ballot.
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

  function pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=radio]), textarea, select, a, summary")) return;
    const wanted = event.key.length === 1 && rows[at] && rows[at].querySelector(`input[value="${CSS.escape(event.key)}"]`);
    if (wanted) { wanted.checked = true; stand(at + 1); }
    else if (event.key === "Enter") submit();
    else if (event.key === "Backspace") stand(at - 1);
    else return;
    event.preventDefault();
  }

  form.addEventListener("change", (event) => stand(rows.indexOf(event.target.closest(".mark-row")) + 1));
  form.addEventListener("submit", () => { sent = true; });
  document.addEventListener("keydown", pressed);
  const first = rows.findIndex((row) => !marked(row));
  stand(first < 0 ? rows.length : first);
})();
