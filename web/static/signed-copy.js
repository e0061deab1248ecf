// What is ticked on a signed copy is kept as it is ticked; without this the button beside does it, and every other one.
(() => {
  const form = document.getElementById("filing"), place = document.getElementById("keeping");
  if (!form || !place) return;
  const button = place.querySelector("button"), told = document.createElement("span");
  told.className = "small soft";
  told.setAttribute("role", "status");
  place.prepend(told);
  const ticked = () => [...form.elements].filter((field) => field.checked && field.dataset.tick)
    .map((field) => field.dataset.tick);
  let sending = Promise.resolve();

  function keep() {
    const given = new FormData(form), now = ticked();
    given.delete("once");
    given.delete("files");
    for (const [name, value] of Object.entries({ do: "keep", quiet: "1" })) given.set(name, value);
    sending = sending.then(async () => {
      given.set("was", form.elements.was.value);
      try {
        const answer = await fetch(location.pathname, { method: "POST", body: given, redirect: "error" });
        if (!answer.ok) throw new Error(answer.status);
        form.elements.was.value = now.join(" ");
        told.textContent = "勾选已存下";
        button.hidden = true;
      } catch {
        told.textContent = "没有存下，请按";
        button.hidden = false;
      }
    });
  }
  for (const field of form.elements) {
    if (field.dataset.tick || field.name === "why") field.addEventListener("change", keep);
  }
  button.hidden = true;
})();
