"use strict";

const at = id => document.getElementById(id);
const made = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

let example = null;
let busy = false;

// The history

function field(label, value) {
  const input = made("input");
  input.value = value;
  input.required = true;
  input.pattern = "[0-9]{1,20}";
  input.inputMode = "numeric";
  input.setAttribute("aria-label", label);
  return input;
}

function choice(action) {
  const select = made("select");
  select.setAttribute("aria-label", "What the user did");
  select.append(new Option("nothing", ""));
  example.action_names.forEach((name, index) => {
    if (!name.startsWith("action_") || String(index) === action) {
      select.append(new Option(name.replaceAll("_", " "), index));
    }
  });
  select.value = action;
  return select;
}

function row(engagement) {
  const item = made("li");
  const actions = Object.keys(engagement.actions);
  const post = field("Post id", engagement.post_id);
  const select = choice(actions.length ? actions[0] : "");
  const remove = made("button", "remove", "×");
  remove.type = "button";
  remove.setAttribute("aria-label", "Remove post " + engagement.post_id);
  remove.addEventListener("click", () => item.remove());
  item.append(post, select, remove);
  // What the row does not show is kept as long as the action is not changed.
  item.engagement = () => {
    const unchanged = select.value === (actions.length ? actions[0] : "");
    return {
      post_id: post.value,
      author_id: engagement.author_id,
      actions: unchanged ? engagement.actions : select.value === "" ? {} : {[select.value]: 1},
    };
  };
  return item;
}

function showHistory(history) {
  at("engagements").replaceChildren(...history.map(row));
}

const currentHistory = () => [...at("engagements").children].map(item => item.engagement());

// The feed

function showTiming(timing, totalMs) {
  const known = timing.queue_ms + timing.retrieval_ms + timing.ranking_ms;
  const parts = [
    ["queue", timing.queue_ms],
    ["retrieval", timing.retrieval_ms],
    ["ranking", timing.ranking_ms],
    ["network and JSON", Math.max(0, totalMs - known)],
  ];
  at("timing").hidden = false;
  at("timing-bar").replaceChildren(...parts.map(([, ms], i) => {
    const bar = made("span", "c" + i);
    bar.style.flexGrow = ms;
    return bar;
  }));
  const texts = parts.map(([name, ms]) => `${name} ${ms.toFixed(2)} ms`);
  at("timing-bar").setAttribute("aria-label", texts.join(", "));
  at("timing-legend").replaceChildren(...texts.map((text, i) => {
    const item = made("li");
    item.append(made("i", "c" + i), text);
    return item;
  }));
}

function showPost(post) {
  const item = made("li");
  const head = made("div", "head");
  head.append(
      made("span", "rank", post.rank),
      made("span", "id", post.post_id),
      made("span", "faint", post.topic || ""),
      made("span", "faint", `retrieved as ${post.retrieval_rank}, ${post.retrieval_score.toFixed(4)}`),
      made("span", "score", post.weighted_score.toFixed(4)));
  const bars = made("div", "bars");
  for (const [name, probability] of Object.entries(post.probabilities)) {
    if (name.startsWith("action_")) continue;
    const line = made("div");
    const meter = made("meter");
    meter.max = 1;
    meter.value = probability;
    meter.setAttribute("aria-label", name.replaceAll("_", " "));
    line.append(made("span", "", name.replaceAll("_", " ")), meter, made("b", "", probability.toFixed(3)));
    bars.append(line);
  }
  item.append(head, bars);
  return item;
}

async function recommend() {
  if (busy) return;
  busy = true;
  at("status").className = "";
  at("status").textContent = "Asking…";
  const body = JSON.stringify({
    user_id: at("user").value,
    history: currentHistory(),
    top_k: Number(at("top-k").value),
    limit: Number(at("limit").value),
  });
  try {
    const begin = performance.now();
    const response = await fetch("v1/recommend", {method: "POST", headers: {"Content-Type": "application/json"}, body});
    const answer = await response.json();
    const ms = performance.now() - begin;
    if (!response.ok) throw new Error(answer.error);
    const kept = answer.timing.history_was_kept ? "history known" : "history new";
    at("status").textContent =
        `${answer.retrieved} posts retrieved and ranked in ${ms.toFixed(1)} ms ` +
        `(${kept}, batch of ${answer.timing.batch_size}, model ${answer.model_version})`;
    showTiming(answer.timing, ms);
    at("posts").replaceChildren(...answer.posts.map(showPost));
  } catch (failure) {
    at("status").className = "failed";
    at("status").textContent = "No feed: " + failure.message;
  } finally {
    busy = false;
  }
}

// What happens now

function line(values, most, className) {
  const svg = "http://www.w3.org/2000/svg";
  const polyline = document.createElementNS(svg, "polyline");
  polyline.setAttribute("class", className);
  const points = values.map((value, i) => `${i},${(38 - 36 * value / most).toFixed(2)}`);
  polyline.setAttribute("points", points.join(" "));
  return polyline;
}

function chart(id, seconds, ...keys) {
  const most = Math.max(1, ...keys.flatMap(key => seconds.map(second => second[key])));
  const svg = at(id);
  svg.setAttribute("viewBox", "0 0 119 40");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.replaceChildren(...keys.map((key, i) => line(seconds.map(second => second[key]), most, "l" + i)));
}

function showLive(live) {
  at("model").textContent = live.model
      ? `${live.model.name}, version ${live.model.version}: ${live.model.backend}, ` +
        `${live.model.precision}, ${live.model.corpus.toLocaleString()} posts`
      : "no model is loaded yet";
  const last = live.seconds.at(-1);
  if (!last) return;
  const facts = {
    "Requests a second": last.requests.toFixed(0),
    "Rejected a second": last.rejects.toFixed(0),
    "Median latency": last.p50_ms.toFixed(2) + " ms",
    "99th percentile": last.p99_ms.toFixed(2) + " ms",
    "Requests a batch": `${last.batch_size.toFixed(1)} of ${live.batch_limit}`,
    "In flight": last.in_flight,
    "Histories known": (100 * live.kept_history_ratio).toFixed(0) + " %",
  };
  at("now").replaceChildren(...Object.entries(facts).flatMap(([name, value]) => [made("dt", "", name), made("dd", "", value)]));
  chart("chart-requests", live.seconds, "requests");
  chart("chart-latency", live.seconds, "p50_ms", "p99_ms");
  chart("chart-batch", live.seconds, "batch_size");
}

async function watch() {
  try {
    showLive(await (await fetch("v1/live")).json());
  } catch (failure) {
    at("model").textContent = "the server does not answer";
  }
  setTimeout(watch, 1000);
}

async function start() {
  example = await (await fetch("v1/example")).json();
  const reset = () => {
    at("user").value = example.user_id;
    showHistory(example.history);
  };
  reset();
  at("reset").addEventListener("click", reset);
  at("add").addEventListener("click", () => {
    const id = String(Math.floor(Math.random() * 1e15) + 1);
    at("engagements").append(row({post_id: id, author_id: "1", actions: {1: 1}}));
    at("engagements").lastChild.querySelector("input").focus();
  });
  at("shuffle").addEventListener("click", () => {
    const history = currentHistory();
    for (let i = history.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [history[i], history[j]] = [history[j], history[i]];
    }
    showHistory(history);
  });
  at("request").addEventListener("submit", event => {
    event.preventDefault();
    recommend();
  });
  watch();
  await recommend();
}

start();
