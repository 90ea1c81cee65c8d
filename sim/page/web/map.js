// The people of one history: each a dot, by organisation, month by month; a click tells a life.

(() => {
  "use strict";
  const { tables } = Page;
  const { el, show, byId, timeTold } = Page.basics;

  const PLAYED = 9; // months in a second
  const GOLDEN = Math.PI * (3 - Math.sqrt(5)); // the angle that spreads dots evenly over a disc
  let engine = null;
  let film = null;
  let last = 0; // its last month
  let asked = "";
  let month = 60; // of the headline, until another is chosen
  let playing = null;
  let chosen = null; // a person
  let spots = null; // x and y of each person, discs of organisations
  let visible = false; // while nobody looks, nothing is computed
  let picked = null; // the future that the reader wants to see; else the last one
  const part = {};

  function start(started) {
    engine = started;
    part.canvas = el("canvas", { tabindex: 0, role: "img", "aria-label": "Map of the people", "aria-describedby": "map-told", onclick: (e) => choose(at(e.offsetX, e.offsetY)), onkeydown: keys });
    part.slider = el("input", { type: "range", min: 0, value: 0, "aria-label": "Month", oninput: () => go(Number(part.slider.value)) });
    part.play = el("button", { type: "button", class: "play", onclick: play }, "Play");
    part.step = el("button", { type: "button", class: "play", onclick: () => go(month + 1) }, "One month on");
    part.told = el("p", { id: "map-told", class: "note", role: "status" });
    part.life = el("div", { class: "life" });
    part.key = el("div", { class: "key" });
    part.pick = el("select", { "aria-label": "Which future", onchange: () => { picked = part.pick.value; ask(); } });
    show(byId("map-body"),
      el("p", { class: "note" }, "One history out of many. Circles: organisations, a ring where the tool runs. Dots: professionals, darker the more they trust it. Click one: its life in words."),
      el("div", { class: "row" }, part.pick, part.play, part.step, part.slider), part.told,
      el("div", { class: "stage" }, part.canvas, part.life), part.key);
    show(part.key, ...["uses", "trying", "stopped", "never"].map((kind) => {
      const sample = el("canvas", { width: 32, height: 32, "aria-hidden": "true", style: "width:16px;height:16px" });
      const pen = sample.getContext("2d");
      pen.scale(2, 2);
      mark(pen, kind, 8, 8, 5, 0.8);
      return el("span", {}, sample, { uses: "uses it", trying: "is trying it", stopped: "tried or used it, and stopped", never: "never tried it" }[kind]);
    }));
    new IntersectionObserver((seen) => {
      visible = seen.at(-1).isIntersecting;
      if (visible) ask();
    }).observe(byId("map"));
    Page.settings.onChange((settled) => { if (visible && settled) ask(); });
    addEventListener("resize", () => { if (film) lay(); });
  }

  function ask() {
    const lines = Page.settings.lines();
    const line = lines.includes(picked) ? picked : lines.at(-1);
    show(part.pick, ...lines.map((name) => el("option", { value: name }, Page.main.TOLD[name])));
    part.pick.value = line;
    part.pick.hidden = lines.length < 2;
    const question = { ...Page.settings.question(line), replicate: 0 };
    const text = JSON.stringify(question);
    if (asked === text) return;
    asked = text;
    engine.watch(question, (made) => {
      if (asked !== text) return;
      if (made.error) {
        film = null;
        part.canvas.getContext("2d").clearRect(0, 0, part.canvas.width, part.canvas.height);
        show(part.told, made.error);
        return;
      }
      film = made;
      last = film.months.at(-1);
      month = Math.min(month, last);
      part.slider.max = last;
      chosen = chosen !== null && chosen < film.hcps ? chosen : null;
      lay();
      go(month);
      choose(chosen);
    });
  }

  /** Discs of organisations in rows, people on a sunflower within each. */
  function lay() {
    const width = part.canvas.clientWidth || 600;
    const sizes = Array.from({ length: film.organisations }, (_, o) => film.first_hcp[o + 1] - film.first_hcp[o]);
    const room = width * Math.min(430, 200 + 50 * Math.sqrt(film.organisations)); // square pixels
    const gap = Math.min(14, Math.sqrt((0.55 * room) / (Math.PI * film.hcps)));
    const radius = sizes.map((n) => gap * Math.sqrt(n) + 0.9 * gap + 4);
    const discs = [];
    let [x, y, tall] = [0, 0, 0];
    radius.forEach((r) => {
      if (x + 2 * r > width && x > 0) [x, y, tall] = [0, y + tall + 6, 0];
      discs.push([x + r, y + r, r]);
      x += 2 * r + 6;
      tall = Math.max(tall, 2 * r);
    });
    const place = new Float32Array(2 * film.hcps);
    discs.forEach(([cx, cy], o) => {
      for (let i = film.first_hcp[o], k = 0; i < film.first_hcp[o + 1]; i += 1, k += 1) {
        const away = gap * Math.sqrt(k + 0.3);
        place[2 * i] = cx + away * Math.cos(k * GOLDEN);
        place[2 * i + 1] = cy + away * Math.sin(k * GOLDEN);
      }
    });
    spots = { discs, place, dot: Math.min(6, 0.78 * gap), width, height: y + tall + 4 };
    const fine = window.devicePixelRatio || 1;
    part.canvas.style.height = `${spots.height}px`;
    [part.canvas.width, part.canvas.height] = [width * fine, spots.height * fine];
    draw();
  }

  /** What somebody does with the tool in a month: by state, and by what went before. */
  function kind(i, m) {
    return ["never", "trying", "uses", "stopped"][film.state[m * film.hcps + i]];
  }

  const HUES = { uses: [0, 103, 168], trying: [86, 160, 215], stopped: [179, 74, 0], never: [110, 118, 128] };

  /** A dot: state by colour and shape, trust by shade. */
  function mark(pen, what, x, y, size, trust) {
    const pale = 0.75 * (1 - trust);
    const [r, g, b] = HUES[what].map((c) => Math.round(c + (255 - c) * pale));
    pen.fillStyle = pen.strokeStyle = `rgb(${r},${g},${b})`;
    pen.lineWidth = Math.max(1, size / 2.6);
    pen.beginPath();
    if (what === "uses") pen.arc(x, y, size, 0, 2 * Math.PI);
    else if (what === "trying") pen.moveTo(x, y - size), pen.lineTo(x + size, y + 0.8 * size), pen.lineTo(x - size, y + 0.8 * size), pen.closePath();
    else if (what === "stopped") {
      const s = 0.75 * size;
      pen.moveTo(x - s, y - s), pen.lineTo(x + s, y + s), pen.moveTo(x + s, y - s), pen.lineTo(x - s, y + s);
    } else pen.arc(x, y, 0.62 * size, 0, 2 * Math.PI);
    if (what === "uses" || what === "trying") pen.fill();
    else pen.stroke();
  }

  function draw() {
    if (!film || !spots) return;
    const pen = part.canvas.getContext("2d");
    const fine = window.devicePixelRatio || 1;
    pen.setTransform(fine, 0, 0, fine, 0, 0);
    pen.clearRect(0, 0, spots.width, spots.height);
    const count = tables.places.map(() => 0);
    let running = 0;
    spots.discs.forEach(([x, y, r], o) => {
      const status = film.status[month * film.organisations + o];
      const runs = status === 1 || status === 2;
      running += runs;
      pen.beginPath();
      pen.arc(x, y, r - 1.5, 0, 2 * Math.PI);
      pen.fillStyle = status === 3 ? "#e3e3e3" : "#fafbfc";
      pen.fill();
      pen.strokeStyle = runs ? "#0067a8" : "#c5ccd3";
      pen.lineWidth = status === 2 ? 2.6 : 1.2;
      pen.stroke();
    });
    for (let i = 0; i < film.hcps; i += 1) {
      const what = kind(i, month);
      count[film.place[month * film.hcps + i]] += 1;
      mark(pen, what, spots.place[2 * i], spots.place[2 * i + 1], spots.dot, film.trust[month * film.hcps + i]);
    }
    if (chosen !== null) {
      pen.beginPath();
      pen.arc(spots.place[2 * chosen], spots.place[2 * chosen + 1], spots.dot + 4, 0, 2 * Math.PI);
      pen.strokeStyle = "#1d2530";
      pen.lineWidth = 2;
      pen.stroke();
    }
    const when = month ? `After ${timeTold(month)}` : "At the start";
    const told = tables.places.map(({ short }, n) => `${count[n]} ${short}`).filter((_, n) => count[n]).join(", ");
    show(part.told, `${when}: ${told}; ${running} of ${film.organisations} organisations have the tool.`);
    part.canvas.setAttribute("aria-label", `Map of ${film.hcps} professionals in ${film.organisations} organisations. Arrow keys choose a person.`);
  }

  function go(m) {
    month = Math.min(last, Math.max(0, m));
    part.slider.value = month;
    part.slider.setAttribute("aria-valuetext", month ? `after ${timeTold(month)}` : "the start");
    draw();
  }

  function play() {
    if (playing) {
      clearInterval(playing);
      playing = null;
    } else if (film) {
      if (month >= last) go(0);
      playing = setInterval(() => {
        go(month + 1);
        if (month >= last) play();
      }, 1000 / PLAYED);
    }
    part.play.textContent = playing ? "Stop" : "Play";
  }

  function at(x, y) {
    if (!film) return null;
    let [best, least] = [null, (spots.dot + 6) ** 2];
    for (let i = 0; i < film.hcps; i += 1) {
      const far = (spots.place[2 * i] - x) ** 2 + (spots.place[2 * i + 1] - y) ** 2;
      if (far < least) [best, least] = [i, far];
    }
    return best;
  }

  function keys(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    if (!by || !film) return;
    event.preventDefault();
    choose(((chosen ?? -by) + by + film.hcps) % film.hcps);
  }

  function choose(i) {
    chosen = i;
    draw();
    show(part.life, ...(i === null ? [el("p", { class: "note" }, "Click a dot to read a life.")] : life(i)));
  }

  /** A life in words, from month to month: what was done with the tool, and by whom the post was held. */
  function life(i) {
    const organisation = film.first_hcp.findLastIndex((first) => first <= i);
    const group = tables.groups[film.group[i]].title;
    const lines = [];
    const tell = (m, text) => lines.push(el("li", {}, el("b", {}, `Month ${m}`), ` ${text}`));
    const did = { never: "does not use it", trying: "is trying it", uses: "uses it", stopped: "has stopped" };
    for (let m = 1; m <= last; m += 1) {
      const [a, b] = [(m - 1) * film.hcps + i, m * film.hcps + i];
      const [was, is] = [kind(i, m - 1), kind(i, m)];
      const status = film.status[m * film.organisations + organisation];
      const before = film.status[(m - 1) * film.organisations + organisation];
      if (status !== before && status !== 2) tell(m, status === 3 ? "the organisation withdraws the tool" : "the organisation introduces the tool");
      if (film.hired[b] !== film.hired[a]) tell(m, "leaves; somebody new takes the post");
      else if (was !== is) {
        tell(m, { trying: was === "stopped" ? "tries it again" : "tries it", uses: was === "trying" ? "stays with it: uses it" : "uses it, as a champion",
          stopped: status === 3 ? "loses it" : was === "trying" ? "gives up the trial" : "stops using it", never: "has never tried it" }[is]);
      }
      if (film.trained[b] > film.trained[a]) tell(m, "is trained");
    }
    const trust = (m) => Math.round(100 * film.trust[m * film.hcps + i]);
    return [el("h3", {}, `Post ${i - film.first_hcp[organisation] + 1} of organisation ${organisation + 1} (${group})`),
      el("p", {}, `At the start: ${did[kind(i, 0)]}, trust ${trust(0)} of 100.`),
      el("ol", {}, ...lines),
      el("p", {}, `At the end: ${did[kind(i, last)]}, trust ${trust(last)} of 100.`)];
  }

  Page.map = { start, go, choose, at, get month() { return month; }, get film() { return film; }, get spots() { return spots; } };
})();
