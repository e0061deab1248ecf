// Boards of a notice in the order of their distance from whoever stands there, and where a board is.  The position is asked
// only when somebody presses, and for the order it does not leave this browser.
(() => {
  const list = document.querySelector("[data-near]"), sort = document.querySelector("[data-sort-near]"), place = document.querySelector("[data-place]");
  if (!navigator.geolocation) return;
  const here = () => new Promise((found, failed) => navigator.geolocation.getCurrentPosition(({ coords }) => found(coords), failed, { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 }));
  const why = (error) => (error.code === 1 ? "没有允许这一页使用位置；请在浏览器里允许后再按。" : "手机没有测到位置；请到室外再按一次。");

  // metres on a ball, good enough within an estate
  function metres(one, other) {
    const turn = Math.PI / 180, x = (other[1] - one[1]) * turn * Math.cos((one[0] + other[0]) / 2 * turn), y = (other[0] - one[0]) * turn;
    return 6371000 * Math.hypot(x, y);
  }

  if (list && sort) {
    const told = document.querySelector("[data-near-told]");
    sort.hidden = false;
    sort.addEventListener("click", async () => {
      const coords = await here().catch((error) => { told.textContent = why(error); return null; });
      if (!coords) return;
      const rows = [...list.children].map((row, number) => ({ row, number, far: row.dataset.at ? metres([coords.latitude, coords.longitude], row.dataset.at.split(",").map(Number)) : Infinity }));
      rows.sort((one, other) => one.far - other.far || one.number - other.number);
      for (const { row, far } of rows) row.querySelector(".near").textContent = Number.isFinite(far) ? ` 约 ${far < 1000 ? `${Math.round(far / 10) * 10} 米` : `${(far / 1000).toFixed(1)} 公里`}` : "";
      list.append(...rows.map(({ row }) => row));
      const without = rows.filter(({ far }) => !Number.isFinite(far)).length;
      told.textContent = `近的在前${without ? `；${without} 处没有记过位置，排在最后` : ""}。`;
    });
  }

  if (place) {
    place.hidden = false;
    place.addEventListener("submit", async (event) => {
      if (place.elements.latitude.value) return;
      event.preventDefault();
      const coords = await here().catch((error) => { place.querySelector("[role=status]").textContent = why(error); return null; });
      if (!coords) return;
      place.elements.latitude.value = coords.latitude.toFixed(6);
      place.elements.longitude.value = coords.longitude.toFixed(6);
      place.submit();
    });
  }
})();
