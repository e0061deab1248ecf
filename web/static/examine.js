// A remark is written where the clause stands, with the words that were selected; a value opens where it comes from.
(() => {
  const form = document.getElementById("remark");
  let picked = { text: "", clause: null };
  const clauseOf = (node) => (node instanceof Element ? node : node?.parentElement)?.closest(".clause-read");

  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection(), text = chosen.toString().trim();
    const clause = text && clauseOf(chosen.anchorNode);
    if (clause) picked = { text, clause };
  });
  for (const link of form ? document.querySelectorAll("[data-remark]") : []) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const clause = clauseOf(link);
      form.elements.clause.value = clause.dataset.clause;
      form.elements.quote.value = picked.clause === clause ? picked.text.slice(0, form.elements.quote.maxLength) : "";
      clause.append(form);
      form.querySelector("[name=category]").focus();
    });
  }

  // of all that came from there, the value that was tapped
  for (const value of document.querySelectorAll(".filled")) {
    value.addEventListener("click", () => {
      const there = document.getElementById(value.hash.slice(1));
      for (const old of document.querySelectorAll(".asked")) old.classList.remove("asked");
      const told = [...there?.querySelectorAll("dt") || []].filter((one) => one.textContent === value.dataset.label);
      for (const one of told) { one.classList.add("asked"); one.nextElementSibling.classList.add("asked"); }
      setTimeout(() => told[0]?.nextElementSibling.scrollIntoView({ block: "nearest" }));
    });
  }

  function open() {
    const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (there?.matches("details")) { there.open = true; there.querySelector("summary").focus(); }
  }
  window.addEventListener("hashchange", open);
  open();
})();
