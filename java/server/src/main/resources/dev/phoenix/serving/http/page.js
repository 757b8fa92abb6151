"use strict";

const at = id => document.getElementById(id);
const made = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

// The server's last responses: the example is empty until it is read, the model null until one is loaded.
let example = {user_id: "", history: [], action_names: []};
let model = null;
let picks = [];
let begun = false;
let asking = null;

const FEW = 10;
const AGAIN_MS = 1000;
const randomId = () => String(Math.floor(Math.random() * 1e15) + 1);
const spaced = name => name.replaceAll("_", " ");

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (unreachable) {
    throw new Error("the server does not answer");
  }
  let answer;
  try {
    answer = await response.json();
  } catch (noJson) {
    throw new Error(`${path}: expected JSON, found none with status ${response.status}`);
  }
  if (!response.ok) throw new Error(answer.error || `${path}: status ${response.status}`);
  return answer;
}

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

const isOfModel = action => !model || Number(action) < model.actions;

function choice(actions) {
  const select = made("select");
  select.setAttribute("aria-label", "What the user did");
  select.append(new Option("nothing", ""));
  example.action_names.forEach((name, index) => {
    if (!name.startsWith("action_") && isOfModel(index)) select.append(new Option(spaced(name), index));
  });
  const own = Object.keys(actions);
  const [first = ""] = own;
  select.value = first;
  if (select.value !== first || own.length > 1 || (own.length === 1 && actions[first] !== 1)) {
    // Several actions, or one that is not listed, get their own option, so that none is lost.
    const names = own.map(action =>
        spaced(example.action_names[action] || "action_" + action) + (isOfModel(action) ? "" : " (not the model's)"));
    select.prepend(new Option(names.join(", "), "own"));
    select.value = "own";
  }
  return select;
}

function row(engagement) {
  const item = made("li");
  const post = field("Post id", engagement.post_id);
  const author = field("Author id", engagement.author_id);
  const select = choice(engagement.actions);
  const remove = made("button", "remove", "×");
  remove.type = "button";
  remove.setAttribute("aria-label", "Remove post " + engagement.post_id);
  remove.addEventListener("click", () => {
    item.remove();
    noteLength();
  });
  item.append(post, author, select, remove);
  item.engagement = () => ({
    post_id: post.value,
    author_id: author.value,
    actions: select.value === "own" ? engagement.actions : select.value === "" ? {} : {[select.value]: 1},
  });
  return item;
}

function showHistory(history) {
  at("engagements").replaceChildren(...history.map(row));
  noteLength();
}

const currentHistory = () => [...at("engagements").children].map(item => item.engagement());

function noteLength() {
  const rows = [...at("engagements").children];
  const read = model ? Math.min(model.history_limit, rows.length) : rows.length;
  const first = Boolean(model) && model.history_end === "first";
  const from = first ? 0 : rows.length - read;
  rows.forEach((item, i) => item.classList.toggle("unread", i < from || i >= from + read));
  at("history-note").textContent =
      rows.length === 0 ? "No posts: a user of whom nothing is known."
      : read < rows.length ? `The model reads the ${first ? "first" : "last"} ${read} posts; the ${rows.length - read} ${first ? "after" : "before"} them are left out.`
      : "";
}

function offerPicks() {
  const {user_id, history} = example;
  picks = [{name: `the example: ${history.length} posts`, user_id, history}];
  if (history.length > FEW) {
    picks.push({name: `the example's last ${FEW} posts`, user_id, history: history.slice(-FEW)});
  }
  if (history.length > 0) picks.push({name: "a new user: no posts", user_id: randomId(), history: []});
  at("pick").replaceChildren(...picks.map((pick, i) => new Option(pick.name, i)));
}

function showPick() {
  const pick = picks[at("pick").value];
  if (!pick) return;
  at("user").value = pick.user_id;
  showHistory(pick.history);
}

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
    meter.setAttribute("aria-label", spaced(name));
    line.append(made("span", "", spaced(name)), meter, made("b", "", probability.toFixed(3)));
    bars.append(line);
  }
  item.append(head, bars, explained(post.explanation));
  return item;
}

/** The terms of a score, and what became of their sum. */
function explained(explanation) {
  const details = made("details", "terms");
  details.append(made("summary", "", "How the score came about"));
  const table = made("table");
  const row = (tag, ...texts) => {
    const line = made("tr");
    line.append(...texts.map(text => made(tag, "", text)));
    table.append(line);
  };
  row("th", "output", "value", "weight", "product");
  for (const {output, value, weight, product} of explanation.terms) {
    row("td", spaced(output), value.toFixed(4), weight, product.toFixed(4));
  }
  const steps = [`weighted sum ${explanation.weighted_sum.toFixed(4)}`];
  if (explanation.offset) {
    steps.push(`with the offset ${explanation.offset.offset}: ${explanation.offset.score.toFixed(6)}`);
  }
  if (explanation.author_factor !== 1) steps.push(`author × ${explanation.author_factor}`);
  if (explanation.corpus_factor !== 1) steps.push(`corpus × ${explanation.corpus_factor}`);
  steps.push(`score ${explanation.score.toFixed(6)}, rank by score ${explanation.rank_by_score}`);
  details.append(table, made("p", "", steps.join("; ")));
  return details;
}

function say(text, className = "") {
  at("status").className = className;
  at("status").textContent = text;
}

async function recommend() {
  if (asking) asking.abort();
  const mine = asking = new AbortController();
  say("Asking…");
  const body = JSON.stringify({
    user_id: at("user").value,
    history: currentHistory(),
    top_k: Number(at("top-k").value),
    limit: Number(at("limit").value),
    explain: true,
  });
  try {
    const begin = performance.now();
    const answer = await ask("v1/recommend",
        {method: "POST", headers: {"Content-Type": "application/json"}, body, signal: mine.signal});
    const ms = performance.now() - begin;
    if (asking !== mine) return;
    const kept = answer.timing.history_was_kept ? "history known" : "history new";
    showTiming(answer.timing, ms);
    at("posts").replaceChildren(...answer.posts.map(showPost));
    say(`${answer.retrieved} posts retrieved and ranked in ${ms.toFixed(1)} ms ` +
        `(${kept}, batch of ${answer.timing.batch_size}, model ${answer.model_version})`);
  } catch (failure) {
    if (asking !== mine) return;
    // The feed shown belongs to an earlier request.
    at("timing").hidden = true;
    at("posts").replaceChildren();
    say("No feed: " + failure.message, "failed");
  }
}

// Live figures

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

function showModel(now) {
  const same = now && model && now.actions === model.actions && now.history_limit === model.history_limit
      && now.history_end === model.history_end;
  model = now;
  // Another model has other actions to choose from, and reads more or less of the history.
  if (now && !same) showHistory(currentHistory());
}

function showLive(live) {
  showModel(live.model || null);
  begin();
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
    showLive(await ask("v1/live"));
  } catch (failure) {
    at("model").textContent = failure.message;
  }
  setTimeout(watch, AGAIN_MS);
}

// Start

/** The first feed, once there is what to ask and who answers. */
function begin() {
  if (begun || !model || picks.length === 0) return;
  begun = true;
  recommend();
}

async function readExample() {
  try {
    example = await ask("v1/example");
  } catch (failure) {
    say(`No history to begin with: ${failure.message}. Asking again…`, "failed");
    setTimeout(readExample, AGAIN_MS);
    return;
  }
  say("Recommend to see the feed.");
  offerPicks();
  showPick();
  begin();
}

function listen() {
  at("pick").addEventListener("change", () => {
    showPick();
    at("request").requestSubmit();
  });
  at("reset").addEventListener("click", showPick);
  at("add").addEventListener("click", () => {
    at("engagements").append(row({post_id: randomId(), author_id: "1", actions: {1: 1}}));
    at("engagements").lastChild.querySelector("input").focus();
    noteLength();
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
}

listen();
readExample();
watch();
