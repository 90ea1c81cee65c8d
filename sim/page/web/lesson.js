// Guided pages, `?lesson=NAME`: a question, a prediction, then the sliders that matter.

(() => {
  "use strict";
  const { tables } = Page;
  const { el, show, byId, nearest } = Page.basics;
  const { lessons } = tables.words;
  const asked = new URLSearchParams(location.search);
  const name = asked.get("lesson");

  function start() {
    // a link to where one is loads nothing anew, so the lesson itself begins again
    const again = (of, lesson) => (of === name ? () => predict(lesson) : null);
    show(byId("lessons"), "For a class: ", ...Object.entries(lessons).flatMap(([of, lesson], n) => [n ? ", " : "",
      el("a", { href: `?lesson=${of}#${lesson.opens}`, onclick: again(of, lesson) }, lesson.title[0].toLowerCase() + lesson.title.slice(1))]), ".");
    if (name === null) {
      const like = [...asked.keys()].find((key) => nearest(key, ["lesson"]));
      return like ? `${like} is not known; did you mean lesson=${asked.get(like)}?` : null;
    }
    if (!Object.hasOwn(lessons, name)) {
      const near = nearest(name, Object.keys(lessons));
      return `lesson=${name} is not known${near ? `; did you mean ${near}?` : "."} There are ${Object.keys(lessons).join(", ")}.`;
    }
    predict(lessons[name]);
    return null;
  }

  /** What the page opens with, where its address names a lesson and no settings. */
  function opens() {
    return name !== null && Object.hasOwn(lessons, name) ? lessons[name].opens : "";
  }

  function panel(role, ...children) {
    const lesson = byId("lesson");
    lesson.hidden = false;
    lesson.setAttribute("role", role); // the page's main part is not there while one predicts
    show(lesson, ...children);
  }

  function predict(lesson) {
    document.body.classList.add("predicting");
    document.querySelector(".page").before(byId("lesson"));
    panel("main", el("h2", {}, lesson.title), el("p", {}, lesson.question), el("h3", {}, "Your prediction, before you see anything"),
      el("p", {}, lesson.prediction), el("p", { class: "row" }, ...lesson.answers.map((answer) =>
        el("button", { type: "button", onclick: () => explore(lesson, answer) }, answer))));
  }

  function explore(lesson, answer) {
    document.body.classList.remove("predicting");
    document.querySelector(".page").prepend(byId("lesson")); // beside what it asks to look at
    const sliders = lesson.sliders.map((path) => Page.controls.named(path));
    const add = lesson.policies.map((of) => {
      const kind = Object.hasOwn(tables.shipped.shock, of) ? "shock" : "policy";
      return el("button", { type: "button", onclick: () => {
        Page.timeline.add(kind, of);
        byId("use").scrollIntoView({ block: "nearest" });
      } }, `Add ${tables.shipped[kind][of].title.toLowerCase()}`);
    });
    panel("complementary", el("div", { class: "share-head" }, el("h2", {}, lesson.title), el("a", { href: location.pathname }, "Leave the lesson")),
      el("p", {}, lesson.question), el("p", {}, "You predicted: ", el("b", {}, answer), ". Now look, then try:"), el("p", {}, lesson.look),
      el("div", { class: "lesson-sliders" }, ...sliders), add.length ? el("p", { class: "row" }, ...add) : null,
      el("p", { class: "note" }, "The whole lesson, with exercises: ", el("code", {}, `${tables.words.links.notebooks}/${lesson.notebook}.ipynb`)));
    Page.controls.draw();
    window.dispatchEvent(new Event("resize"));
    byId("lesson").querySelector("input, button")?.focus({ preventScroll: true });
  }

  Page.lesson = { start, opens };
})();
