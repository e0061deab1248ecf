// Fetches the paper of the page and hands it to the frame that draws it; the frame itself may ask nobody for anything.
(() => {
  const frame = document.getElementById("preview"), state = document.getElementById("preview-state");
  const failed = () => { state.textContent = "没有打开预览；请下载 Word 或 PDF 查看。"; frame.hidden = true; };
  const file = fetch(frame.dataset.source).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject()));
  window.addEventListener("message", async ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    if (data.ready) {
      try {
        const content = await file;
        frame.contentWindow.postMessage({ content }, "*", [content]);
      } catch { failed(); }
    } else if (data.height) {
      state.textContent = "预览供核对内容；版式和分页以下载的文件为准。";
      frame.height = Math.min(data.height, 60000);
    } else if (data.failed) failed();
  });
  file.catch(failed);
})();
