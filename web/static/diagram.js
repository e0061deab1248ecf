// Draws the diagram of the page and marks its steps; without it the list below says the same.
(async () => {
  const place = document.getElementById("diagram");
  const viewer = new BpmnJS({ container: place });
  const answer = await fetch(place.dataset.source);
  if (!answer.ok) return;
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  const fit = () => canvas.zoom("fit-viewport", "auto");
  const marks = Object.entries(JSON.parse(place.dataset.marks));
  for (const [id, mark] of marks) canvas.addMarker(id, mark);
  // where the whole would be too small to read, begin at what is under way
  if (fit() < 0.6) {
    canvas.zoom(0.8);
    const under = marks.find(([, mark]) => mark === "now") || marks.find(([, mark]) => mark === "wait");
    if (under) canvas.scrollToElement(under[0]);
  }
  const links = JSON.parse(place.dataset.links);
  for (const id of Object.keys(links)) canvas.addMarker(id, "opens");
  viewer.on("element.click", ({ element }) => {
    const link = links[element.id] || (element.labelTarget && links[element.labelTarget.id]);
    if (link) window.location.assign(link);
  });
  const buttons = document.querySelector(".zoom");
  buttons.hidden = false;
  buttons.addEventListener("click", ({ target }) => {
    if (target.dataset.zoom === "fit") fit();
    else if (target.dataset.zoom) canvas.zoom(canvas.zoom() * (target.dataset.zoom === "in" ? 1.25 : 0.8));
  });
})();
