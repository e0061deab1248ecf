// Asks every half minute how much is unread, while somebody looks; most answers are 304.  Without it the count is the page's.
(() => {
  const bell = document.querySelector(".bell[data-poll]");
  if (!bell) return;
  const every = 30000, count = bell.querySelector(".count");

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(bell.dataset.poll, { redirect: "manual", cache: "no-cache" });
      if (!answer.ok) return;
      const { unread } = await answer.json();
      count.textContent = unread < 100 ? String(unread) : "99+";
      count.classList.toggle("none", unread === 0);
    } catch {
      // the next look finds the connection back
    }
  }

  setInterval(look, every);
  document.addEventListener("visibilitychange", look);
})();
