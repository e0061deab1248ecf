// Draws the Word file that the page around this frame sends.  What a file could smuggle in is left out.
(() => {
  const place = document.getElementById("paper");
  const tell = (said) => window.parent.postMessage(said, "*");
  const settings = {
    inWrapper: true, ignoreWidth: false, breakPages: true, experimental: false, useBase64URL: true,
    renderAltChunks: false, renderComments: false, renderChanges: true, debug: false,
  };
  // a page as wide as A4 is made to fit where it is shown
  function fit() {
    const wide = Math.max(...[...place.querySelectorAll("section")].map((page) => page.offsetWidth), 1);
    place.style.zoom = String(Math.min(1, (document.documentElement.clientWidth - 8) / wide));
    tell({ height: Math.ceil(document.documentElement.scrollHeight) });
  }
  window.addEventListener("message", async ({ source, data }) => {
    if (source !== window.parent || !data.content) return;
    try {
      await docx.renderAsync(data.content, place, undefined, settings);
    } catch {
      tell({ failed: true });
      return;
    }
    for (const link of place.querySelectorAll("a[href]")) {
      if (!/^(https?:|mailto:|#)/i.test(link.getAttribute("href"))) link.removeAttribute("href");
    }
    fit();
    window.addEventListener("resize", fit);
  });
  tell({ ready: true });
})();
