// On a phone the stages of the board fold up under their headings; without this script all of them stand open.
// On a desk the arrows move from card to card; from the board itself one goes down to the first.
(() => {
  const board = document.querySelector(".board");
  if (!board) return;
  if (matchMedia("(max-width: 639px)").matches) {
    const stages = [...board.querySelectorAll(".stage:not(.bare)")];
    stages.forEach((stage, number) => {
      const title = stage.querySelector("h2");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "folds";
      button.append(...title.childNodes);
      title.append(button);
      const fold = (shut) => {
        stage.classList.toggle("shut", shut);
        button.setAttribute("aria-expanded", String(!shut));
      };
      button.addEventListener("click", () => fold(!stage.classList.contains("shut")));
      fold(number > 0);
    });
  }
  board.addEventListener("keydown", (event) => {
    if (event.target === board && event.key === "ArrowDown") {
      event.preventDefault();
      board.querySelector(".estate-card .title")?.focus();
      return;
    }
    const card = event.target.closest(".estate-card");
    if (!card || event.isComposing || !event.key.startsWith("Arrow")) return;
    const cells = [...card.closest(".column").querySelectorAll(".cell")];
    const row = cells.indexOf(card.closest(".cell"));
    const cards = (column) => [...(column?.querySelectorAll(".estate-card .title") ?? [])];
    const own = cards(card.closest(".column"));
    const at = own.indexOf(card.querySelector(".title"));
    let next = null;
    if (event.key === "ArrowDown") next = own[at + 1];
    if (event.key === "ArrowUp") next = own[at - 1];
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const side = event.key === "ArrowRight" ? "nextElementSibling" : "previousElementSibling";
      let column = card.closest(".column")[side];
      while (column && !cards(column).length) column = column[side];
      const beside = column?.querySelectorAll(".cell")[row]?.querySelector(".estate-card .title");
      next = beside ?? cards(column)[0];
    }
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
})();
