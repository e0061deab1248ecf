// What was ticked on a signed copy stays ticked in this tab while pages are added, named or dropped, until it is filed:
// a place by its number, a page as long as it is that page of the paper.
(() => {
  const form = document.querySelector("form[data-ticks]");
  if (!form) return;
  const { ticks, who } = form.dataset, key = `ticks ${who} ${ticks}`;
  const named = () => [...form.elements].filter((field) => field.dataset.keep);
  let kept = {};
  try { kept = JSON.parse(sessionStorage.getItem(key)) || {}; } catch { return; }

  // an answer that was refused shows what was sent
  for (const field of "fresh" in form.dataset ? named() : []) {
    const was = kept[field.dataset.keep];
    if (was === undefined) continue;
    if (field.type === "checkbox") field.checked = was; else field.value = was;
  }

  function keep() {
    const now = named().map((field) => [field.dataset.keep, field.type === "checkbox" ? field.checked : field.value]);
    try { sessionStorage.setItem(key, JSON.stringify({ ...kept, ...Object.fromEntries(now) })); } catch { /* full */ }
  }
  for (const field of named()) field.addEventListener("input", keep);
  keep();
})();
