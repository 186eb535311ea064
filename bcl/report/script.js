"use strict";
(() => {
  const el = (name, parent) => parent.appendChild(document.createElement(name));
  const place = (tip, box, x) => {
    tip.hidden = false;
    tip.style.top = "0.4rem";
    const w = tip.offsetWidth;
    tip.style.left = Math.max(0, Math.min(box - w, x > box / 2 ? x - w - 14 : x + 14)) + "px";
  };
  // Values under the pointer.
  const chart = (figure) => {
    const d = JSON.parse(figure.dataset.chart), plot = figure.querySelector(".plot"), svg = plot.querySelector("svg");
    const tip = el("div", plot), cross = document.createElementNS("http://www.w3.org/2000/svg", "path");
    tip.className = "tip"; tip.hidden = true; cross.setAttribute("class", "cross"); svg.appendChild(cross);
    const [lo, hi, from, to] = d.x;
    plot.addEventListener("pointermove", (e) => {
      const r = svg.getBoundingClientRect(), x = (e.clientX - r.left) / r.width * 420;
      const want = lo + (x - from) / (to - from) * (hi - lo), xs = d.s[0].x;
      let best = xs[0];
      for (const v of xs) if (Math.abs(v - want) < Math.abs(best - want)) best = v;
      const at = from + (best - lo) / (hi - lo) * (to - from);
      cross.setAttribute("d", `M${at} 10V184`);
      tip.textContent = "";
      el("b", tip).textContent = `${d.t} ${best}`;
      for (const s of d.s) {
        let k = 0;
        s.x.forEach((v, i) => { if (Math.abs(v - best) < Math.abs(s.x[k] - best)) k = i; });
        if (s.y[k] !== null) el("div", tip).textContent = `${s.n}: ${s.y[k]}${d.u}`;
      }
      place(tip, r.width, at / 420 * r.width);
    });
    plot.addEventListener("pointerleave", () => { tip.hidden = true; cross.removeAttribute("d"); });
  };
  const start = (root) => {
    root.querySelectorAll("[data-chart]").forEach(chart);
  };
  start(document);
  // A live page takes over what its server has new.
  const every = Number(document.body.dataset.live);
  if (every) {
    let tag = "";
    setInterval(async () => {
      try {
        const r = await fetch(location.pathname, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
        if (r.status !== 200) return;
        const first = tag === "";
        tag = r.headers.get("ETag") || "";
        if (first) return;
        const next = new DOMParser().parseFromString(await r.text(), "text/html").getElementById("main");
        const old = document.getElementById("main"), open = [...old.querySelectorAll("details")].map((d) => d.open);
        next.querySelectorAll("details").forEach((d, i) => { d.open = open[i]; });
        old.replaceWith(next);
        start(next);
      } catch { /* the run is over */ }
    }, every * 1000);
  }
})();
