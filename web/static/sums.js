// What a table comes to, as one types: the same exact figures that the server shows after each save.
// Numbers are whole hundredths in BigInt; a float never stands between what is typed and what is shown.
(() => {
  // hundredths, or null for what the server would not read either; limits are [least, most], in hundredths too
  function number(text, [least, most] = [null, null], places = 2) {
    const written = String(text ?? "").normalize("NFKC").trim().replaceAll(",", "");
    const found = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(written);
    if (!found || (found[3] || "").length > places) return null;
    const hundredths = BigInt(found[2] + (found[3] || "").padEnd(2, "0")) * (found[1] ? -1n : 1n);
    if (least !== null && hundredths < BigInt(least)) return null;
    if (most !== null && hundredths > BigInt(most)) return null;
    return hundredths;
  }

  // n / d rounded half away from zero
  function rounded(n, d) {
    const size = n < 0n ? -n : n;
    return ((2n * size + d) / (2n * d)) * (n < 0n ? -1n : 1n);
  }

  function money(hundredths) {
    const size = hundredths < 0n ? -hundredths : hundredths;
    const whole = String(size / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${hundredths < 0n ? "-" : ""}${whole}.${String(size % 100n).padStart(2, "0")}`;
  }

  function budget(rows, limits = {}) {
    let income = 0n, expense = 0n, counted = 0;
    const beside = rows.map((row) => {
      const qty = number(row.qty, limits.qty), price = number(row.unit_price, limits.unit_price);
      if (qty === null || price === null) return "";
      const amount = rounded(qty * price, 100n), code = String(row.code ?? "").trim();
      if (/^[IE](?!00)\p{Nd}{2}$/u.test(code)) {
        counted += 1;
        if (code.startsWith("I")) income += amount; else expense += amount;
      }
      return money(amount);
    });
    const totals = [["收入合计", money(income)], ["支出合计", money(expense)], ["结余", money(income - expense)]];
    if (counted < rows.length) totals.push(["没有计入", `${rows.length - counted} 行（科目代码、数量或单价还不对）`]);
    if (income < expense) totals.push(["提示", "支出超过收入，请压减支出或核实收入"]);
    return { rows: beside, totals };
  }

  function posts(rows, limits = {}) {
    let all = 0n, staff = 0n, counted = 0;
    const beside = rows.map((row) => {
      const heads = number(row.headcount, limits.headcount, 0), months = number(row.months, limits.months, 0);
      const cost = number(row.monthly_cost, limits.monthly_cost);
      if (heads === null || months === null || cost === null) return "";
      const amount = heads * months * cost / 10000n;
      counted += 1;
      all += amount;
      if (String(row.code ?? "").trim() === "E01") staff += amount;
      return money(amount);
    });
    const totals = [["全年合计", money(all)], ["其中 E01", money(staff)]];
    if (counted < rows.length) totals.push(["没有计入", `${rows.length - counted} 行（人数、每月费用或月数还不对）`]);
    return { rows: beside, totals };
  }

  function scores(rows, limits = {}, weights = {}) {
    const criteria = Object.entries(weights), companies = new Map();
    let rest = 0;
    const beside = rows.map((row) => {
      const company = String(row.company ?? "").trim();
      const points = criteria.map(([name]) => number(row[name.toLowerCase()], limits[name.toLowerCase()]));
      if (!company || !criteria.length || points.includes(null)) { rest += 1; return ""; }
      const total = criteria.reduce((sum, [, weight], at) => sum + points[at] * BigInt(weight), 0n);
      const known = companies.get(company) || { company, sum: 0n, judged: 0n };
      companies.set(company, { company, sum: known.sum + total, judged: known.judged + 1n });
      return money(rounded(total, 100n));
    });
    const over = (one, other) => one.sum * other.judged - other.sum * one.judged;
    const all = [...companies.values()];
    const totals = [...all].sort((one, other) => { const by = over(other, one); return by > 0n ? 1 : by < 0n ? -1 : 0; })
      .map((one) => [one.company, `第 ${1 + all.filter((other) => over(other, one) > 0n).length} 名，${
        money(rounded(one.sum, 100n * one.judged))} 分（${one.judged} 份评分）`]);
    if (rest) totals.push(["没有计入", `${rest} 行（有权重的内容还没有评完）`]);
    return { rows: beside, totals };
  }

  function weights(rows, limits = {}) {
    const total = rows.reduce((sum, row) => sum + (number(row.weight, limits.weight, 0) ?? 0n), 0n) / 100n;
    return { rows: rows.map(() => ""), totals: [["权重合计", `${total}${total === 100n ? "" : "（应为 100）"}`]] };
  }

  globalThis.daoruSums = { budget, posts, scores, weights };
  if (!globalThis.document) return;

  function show(field) {
    const { sums, limits, weights: weighted } = field.dataset;
    const rows = [], places = [];
    for (const row of field.querySelectorAll(".table-rows")) {
      const cells = {};
      for (const control of row.querySelectorAll("[name*='.']")) {
        if (["radio", "checkbox"].includes(control.type) && !control.checked) continue;
        cells[control.name.split(".")[2]] = control.value;
      }
      places.push(row.querySelector(".sum output"));
      rows.push(cells);
    }
    // a row left wholly empty is no row
    const filled = rows.filter((cells) => Object.values(cells).some((value) => value.trim()));
    const found = globalThis.daoruSums[sums](filled, JSON.parse(limits), JSON.parse(weighted));
    rows.forEach((cells, at) => { if (places[at]) places[at].textContent = found.rows[filled.indexOf(cells)] || "——"; });
    field.querySelector(".totals").replaceChildren(...found.totals.flatMap(([label, value]) => [
      Object.assign(document.createElement("dt"), { textContent: label }),
      Object.assign(document.createElement("dd"), { className: "number", textContent: value })]));
  }

  const form = document.querySelector("form[data-drafts]");
  if (!form) return;
  // also when a draft was saved: meanwhile more may have been typed than the server has seen
  for (const happened of ["input", "draft"]) {
    form.addEventListener(happened, () => form.querySelectorAll(".field[data-sums]").forEach(show));
  }
})();
