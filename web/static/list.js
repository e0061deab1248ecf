// What a list says of itself: rows to come while another tab, filter or order is fetched, and how old it is.
// Without it the browser shows that it waits, and whoever wants newer rows reloads.
(() => {
  const main = document.querySelector("main[data-list]");
  if (!main) return;
  const patience = 300, giveUp = 20000, old = 5 * 60 * 1000, day = 12 * 60 * 60 * 1000;
  const opened = Date.now();
  let timer = 0, came = null;

  // a list asks its own address for something else
  const own = (address) => new URL(address, location.href).pathname === location.pathname;

  function load() {
    const shown = main.querySelector(".rows, .board, .empty");
    if (!shown || came) return;
    came = document.createElement("div");
    came.setAttribute("role", "status");
    came.innerHTML = '<span class="visually-hidden">正在读取…</span>' +
      `<ul class="rows skeleton" aria-hidden="true">${"<li><span></span><span></span></li>".repeat(6)}</ul>`;
    shown.before(came);
    main.classList.add("loading");
    timer = setTimeout(stop, giveUp);
  }

  function stop() {
    clearTimeout(timer);
    main.classList.remove("loading");
    came?.remove();
    came = null;
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(load, patience);
  }

  function stale() {
    if (main.querySelector(".stale")) return;
    const at = main.dataset.list, told = document.createElement("p"), again = document.createElement("a");
    told.className = "stale note no-print";
    told.setAttribute("role", "status");
    again.href = location.pathname + location.search;
    again.textContent = "刷新";
    told.append(`数据截至 ${Date.now() - opened < day ? at.slice(-5) : at} · `, again);
    main.prepend(told);
  }

  const look = () => { if (Date.now() - opened >= old) stale(); };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("main a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target || link.hash || !own(link.href)) return;
    wait();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.method === "get" && event.target.closest("main") && own(event.target.action)) wait();
  });
  window.addEventListener("pageshow", (event) => {
    stop();
    if (event.persisted) stale();
  });
  document.addEventListener("visibilitychange", look);
  setTimeout(look, old);
})();
