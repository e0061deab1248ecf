// Packets of doors are dragged onto whom they are given to: a packet that is ticked takes all that are ticked along.
// Without it they are ticked, somebody is chosen, and the form is sent.
(() => {
  const form = document.querySelector("form[data-assign]");
  if (!form) return;
  const tick = (packet) => packet.querySelector("input");
  let dragged = null;
  for (const packet of form.querySelectorAll("[data-packet]")) {
    packet.draggable = true;
    packet.addEventListener("dragstart", (event) => {
      dragged = packet;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", packet.textContent.trim());
    });
    packet.addEventListener("dragend", () => { dragged = null; });
  }
  for (const taker of form.querySelectorAll("[data-taker]")) {
    taker.addEventListener("dragover", (event) => { if (dragged) { event.preventDefault(); taker.classList.add("over"); } });
    taker.addEventListener("dragleave", () => taker.classList.remove("over"));
    taker.addEventListener("drop", (event) => {
      event.preventDefault();
      taker.classList.remove("over");
      if (!dragged) return;
      if (!tick(dragged).checked) for (const one of form.querySelectorAll("[data-packet] input")) one.checked = one === tick(dragged);
      taker.querySelector("input").checked = true;
      form.requestSubmit();
    });
  }
})();
