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
  // A map of features: colours, and the image under the pointer.
  const decode = (text) => {
    const b = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), v = new DataView(b.buffer), out = [];
    for (let i = 0; i < b.length; i += 2) out.push(v.getInt16(i, true) / 32767);
    return out;
  };
  const map = (box) => {
    const d = JSON.parse(box.dataset.map), at = { UMAP: decode(d.umap), PCA: decode(d.pca) }, n = d.names.length;
    const canvas = box.querySelector("canvas"), c = canvas.getContext("2d"), key = box.querySelector(".key"), tip = box.querySelector(".tip");
    const sprite = box.querySelector(".sprite"), layout = box.querySelector("[data-pick=layout]"), colour = box.querySelector("[data-pick=colour]");
    const css = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
    const W = canvas.width, H = canvas.height, X = (v) => W / 2 + v * (W / 2 - 24), Y = (v) => H / 2 - v * (H / 2 - 24);
    const few = d.classes && d.classes.length <= 16;
    const hue = (i) => `hsl(${few ? i * 360 / d.classes.length : (i * 137.5) % 360} 68% ${(matchMedia("(prefers-color-scheme:dark)").matches ? 60 : 38) + (i % 2) * 12}%)`;
    const weightHue = (w) => `hsl(${230 - 2.1 * Math.max(0, Math.min(100, w))} 75% ${matchMedia("(prefers-color-scheme:dark)").matches ? 60 : 46}%)`;
    const groups = ["Many", "Medium", "Few"];
    const colourOf = (i) => {
      const cl = d.c ? d.c[i] : -1;
      if (colour.value === "weight") return weightHue(d.w[i]);
      if (colour.value === "group") return css("--" + ["many", "medium", "accent"][cl < 0 ? 0 : Math.max(0, d.g[cl])]);
      return cl < 0 ? css("--soft") : hue(cl);
    };
    const draw = () => {
      c.clearRect(0, 0, W, H);
      c.globalAlpha = 0.8;
      const p = at[layout.value], order = [...Array(n).keys()];
      if (d.g && colour.value === "group") order.sort((a, b) => d.g[d.c[a]] - d.g[d.c[b]]);
      for (const i of order) {
        c.fillStyle = colourOf(i);
        c.beginPath();
        c.arc(X(p[2 * i]), Y(p[2 * i + 1]), n > 800 ? 4.5 : 6, 0, 7);
        c.fill();
      }
      key.textContent = "";
      let items = [];
      if (colour.value === "weight") items = [["weight 0", weightHue(0)], ["½", weightHue(50)], ["1", weightHue(100)]];
      else if (colour.value === "group") items = groups.map((g, k) => [g, css("--" + ["many", "medium", "accent"][k])]);
      else if (d.classes) items = d.classes.slice(0, 20).map((name, k) => [name, hue(k)]);
      for (const [name, hueOf] of items) {
        const s = el("span", key);
        s.style.color = hueOf;
        el("i", s).textContent = name;
      }
      if (d.classes && colour.value === "class" && d.classes.length > 20) el("i", key).textContent = `and ${d.classes.length - 20} more`;
    };
    layout.addEventListener("change", draw);
    colour.addEventListener("change", draw);
    matchMedia("(prefers-color-scheme:dark)").addEventListener("change", draw);
    canvas.addEventListener("pointermove", (e) => {
      const r = canvas.getBoundingClientRect(), x = (e.clientX - r.left) / r.width * W, y = (e.clientY - r.top) / r.height * H, p = at[layout.value];
      let best = -1, near = 40 * 40;
      for (let i = 0; i < n; i++) {
        const dx = X(p[2 * i]) - x, dy = Y(p[2 * i + 1]) - y;
        if (dx * dx + dy * dy < near) { near = dx * dx + dy * dy; best = i; }
      }
      if (best < 0) { tip.hidden = true; return; }
      tip.textContent = "";
      if (sprite && sprite.complete) {
        const t = el("canvas", tip);
        t.width = t.height = 2 * d.side;
        t.getContext("2d").drawImage(sprite, best % d.columns * d.side, Math.floor(best / d.columns) * d.side, d.side, d.side, 0, 0, 2 * d.side, 2 * d.side);
      }
      if (d.c && d.c[best] >= 0) el("b", tip).textContent = d.classes[d.c[best]];
      if (d.w) el("div", tip).textContent = "weight " + (d.w[best] / 100).toFixed(2);
      el("div", tip).textContent = d.names[best];
      place(tip, r.width, X(p[2 * best]) / W * r.width);
      tip.style.top = Math.max(0, canvas.offsetTop + Y(p[2 * best + 1]) / H * r.height - 40) + "px";
    });
    canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
    draw();
  };
  const start = (root) => {
    root.querySelectorAll("[data-chart]").forEach(chart);
    root.querySelectorAll("[data-map]").forEach(map);
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
