// Tells the server now and then that a task's page is still open, and shows who else has it open.
(() => {
  const line = document.querySelector("[data-here]");
  if (!line) return;

  async function tell() {
    if (document.hidden) return;
    try {
      const answer = await fetch(line.dataset.here, {
        method: "POST", redirect: "manual", headers: { "X-CSRFToken": line.dataset.token },
      });
      if (!answer.ok) return;
      const { others } = await answer.json();
      if (line.textContent !== others) line.textContent = others;
    } catch { /* without a network nobody is told; the next time may do */ }
  }

  setInterval(tell, 20000);
  document.addEventListener("visibilitychange", tell);
})();
