'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const TIMELINE = { axis: 22, least: 3, most: 18 };

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A time in microseconds, with three digits; with a step, so that times that far apart differ. */
function time(micros, step = null) {
  const [size, unit] = micros < 1e3 ? [1, 'µs'] : micros < 1e6 ? [1e3, 'ms'] : [1e6, 's'];
  const decimals = step === null ? 0 : Math.max(0, Math.ceil(Math.log10(size / step) - 1e-9));
  const number = (micros / size).toFixed(decimals);
  if (micros < 6e7) return `${step === null && size > 1 ? Number((micros / size).toPrecision(3)) : number} ${unit}`;
  const seconds = (number % 60).toFixed(decimals).padStart(decimals > 0 ? decimals + 3 : 2, '0');
  const minutes = String(Math.floor(number / 60) % 60).padStart(2, '0');
  return `${Math.floor(number / 3600)}:${minutes}:${seconds}`;
}

const count = (number) => number.toLocaleString('en-US');
const countOfCalls = (calls) => `${count(calls)} ${calls === 1 ? 'call' : 'calls'}`;
/** From green to blue: what is red, yellow or violet has a meaning. */
const hue = (node) => 85 + (node * 0.618034 + 0.55) % 1 * 155;
const color = (node) => `hsl(${hue(node)} 55% ${css('--light')})`;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Which call: the partitions around it, its own and its label. */
function called(partition, label, within) {
  const call = [partition === null ? null : `partition ${count(partition)}`, label].filter((part) => part !== null);
  return [within, call.join(', ')].filter(Boolean).join('; ');
}

function summary() {
  const { run, nodes } = data;
  // What happens to a call in a nested dag happens to the calls around it as well.
  const sum = (name) => nodes.reduce((all, node) => all + (node.kind === 'dag' ? 0 : node[name]), 0);
  const facts = [['took', time(run.elapsed)], ['nodes', count(nodes.length)]];
  for (const key of ['calls', 'recalled', 'failed', 'retried', 'cancelled']) {
    if (key === 'calls' || sum(key) > 0) facts.push([key, count(sum(key))]);
  }
  facts.push(...run.facts);
  const item = (kind) => ([name, value]) => el('li', { class: kind }, el('b', {}, value), el('span', {}, name));
  document.getElementById('facts').append(...facts.map(item(null)), ...run.parameters.map(item('parameter')));
  const began = new Date(run.began);
  document.getElementById('when').textContent = `run ${run.number}, ${began.toISOString().replace('T', ' ').slice(0, 19)} UTC`;
  const badge = document.getElementById('outcome');
  badge.textContent = run.outcome;
  badge.classList.add(run.outcome);
}

function failures() {
  const place = document.getElementById('failures');
  const { run } = data;
  if (run.errors.length > 0) {
    for (const [message, ...causes] of run.errors) {
      const list = causes.length > 0 ? el('ol', {}, ...causes.map((cause) => el('li', {}, cause))) : null;
      place.append(el('div', { class: 'panel error' }, el('b', {}, message), list));
    }
  }
  events(place, 'Failures', data.failures);
  events(place, 'Retries', data.retries);
}

/** A table of what has happened to single calls. */
function events(place, title, { first, number }) {
  if (number === 0) return;
  const more = number > first.length ? `, the first ${first.length} of ${count(number)}` : ` (${count(number)})`;
  const untold = data.run.errors.length > 0 ? 'see above' : 'returned as a value';
  const row = ([at, node, calls, attempt, error]) =>
    el('tr', {}, el('td', {}, time(at)), el('td', { class: 'text mono' }, data.nodes[node].address),
      el('td', { class: 'text' }, calls), el('td', {}, String(attempt)),
      el('td', { class: 'text wrap' }, error ?? untold));
  const head = ['at', 'node', 'call', 'attempt', 'error'].map((name, index) =>
    el('th', { class: index === 0 || index === 3 ? null : 'text' }, name));
  place.append(el('h2', {}, title, el('span', { class: 'quiet' }, more)),
    el('div', { class: 'panel', style: 'max-height: 360px' }, el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...first.map(row)))));
}

function graph() {
  const known = new Map(data.nodes.map((node, index) => [node.address, index]));
  for (const shape of document.querySelectorAll('.graph [data-node]')) {
    const index = known.get(shape.dataset.node);
    const node = data.nodes[index];
    shape.classList.add(node ? node.state : 'waiting');
    if (!node) continue;
    if (node.critical) shape.classList.add('critical');
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = `${node.address}: ${node.state}, ${countOfCalls(node.calls)}, ${time(node.busy)}`;
    shape.prepend(title);
    shape.addEventListener('click', (event) => {
      event.stopPropagation();
      show(index);
    });
  }
}

const COLUMNS = [
  ['node', 'address'], ['state', 'state'], ['calls', 'calls'], ['failed', 'failed'], ['retried', 'retried'],
  ['in all', 'busy'], ['median', 'median'], ['95 %', 'most'], ['longest', 'longest'],
];
const FEW = 200;
/** Of so few nodes, the slowest calls are shown at once. */
const FEW_NODES = 6;
let order = { by: null, down: true };
let limit = FEW;

function spark(node) {
  if (node.calls < 2) return '';
  const [low, high] = [node.buckets[0][0], node.buckets[node.buckets.length - 1][0]];
  const steps = Math.min(24, Math.round(4 * Math.log2(high / low)) + 1);
  const bars = new Array(Math.max(steps, 1)).fill(0);
  for (const [end, calls] of node.buckets) {
    const at = steps > 1 ? Math.round(Math.log2(end / low) / Math.log2(high / low) * (steps - 1)) : 0;
    bars[at] += calls;
  }
  const most = Math.max(...bars);
  const bar = (calls) => el('i', { style: `height: ${calls === 0 ? 0 : Math.max(8, 100 * calls / most)}%` });
  return el('span', { class: 'spark', title: `${time(low)} to ${time(high)}` }, ...bars.map(bar));
}

function nodes(opened = null) {
  const table = document.getElementById('nodes');
  const rows = data.nodes.map((node, index) => ({ node, index }));
  if (order.by) {
    const value = ({ node }) => node[order.by];
    const compare = (a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0);
    rows.sort((a, b) => (order.down ? compare(b, a) : compare(a, b)));
  }
  const head = COLUMNS.map(([title, key]) => el('th', {
    'data-sort': key, class: key === 'address' || key === 'state' ? 'text' : key === 'median' || key === 'most' ? 'hideable' : null,
    onclick: () => { order = { by: key, down: order.by === key ? !order.down : true }; nodes(); },
  }, `${title}${order.by === key ? (order.down ? ' ↓' : ' ↑') : ''}`));
  head.push(el('th', { class: 'text hideable' }, 'distribution'));
  const body = rows.slice(0, Math.max(limit, opened === null ? 0 : rows.findIndex((row) => row.index === opened) + 1)).map(({ node, index }) => {
    const opens = node.slowest.length > 1;
    const row = el('tr', { class: opens ? 'node opens' : 'node', 'data-index': index },
      el('td', { class: 'text mono' }, el('i', { class: 'swatch', style: `background: hsl(${hue(index)} 55% var(--light))` }), node.address),
      el('td', { class: 'text' }, el('span', { class: `state ${node.state}` }, node.state),
        node.recalled > 0 && node.calls > 0 ? el('span', { class: 'quiet' }, ` ${count(node.recalled)} recalled`) : '',
        node.critical ? el('span', { class: 'state critical', title: 'on the critical path' }, ' ●') : ''),
      el('td', {}, count(node.calls)), el('td', {}, node.failed ? el('span', { class: 'state failed' }, count(node.failed)) : '–'),
      el('td', {}, node.retried ? el('span', { class: 'state retried' }, count(node.retried)) : '–'),
      el('td', {}, node.calls ? time(node.busy) : '–'), el('td', { class: 'hideable' }, node.calls > 1 ? time(node.median) : '–'),
      el('td', { class: 'hideable' }, node.calls > 1 ? time(node.most) : '–'), el('td', {}, node.calls ? time(node.longest) : '–'),
      el('td', { class: 'text hideable' }, spark(node)));
    if (opens) row.addEventListener('click', () => { row.nextSibling?.classList?.contains('slow') ? row.nextSibling.remove() : row.after(slow(node)); });
    return row;
  });
  table.replaceChildren(el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...body));
  if (data.nodes.length <= FEW_NODES && opened === null && !order.by) {
    for (const row of table.querySelectorAll('tr.node')) {
      const node = data.nodes[Number(row.dataset.index)];
      if (node.slowest.length > 1) row.after(slow(node));
    }
  }
  const more = document.getElementById('more');
  more.hidden = rows.length <= limit;
  more.textContent = `all ${count(rows.length)} nodes`;
  if (opened !== null) {
    const row = table.querySelector(`[data-index="${opened}"]`);
    row.classList.add('found');
    if (data.nodes[opened].slowest.length > 1) row.after(slow(data.nodes[opened]));
    row.scrollIntoView({ block: 'center' });
  }
}

const show = (index) => nodes(index);

function slow(node) {
  const item = ([took, calls]) => el('li', {}, `${time(took)} `, el('span', { class: 'quiet' }, calls));
  return el('tr', { class: 'slow' }, el('td', { colspan: COLUMNS.length + 1 },
    el('span', { class: 'quiet' }, 'the slowest calls'), el('ul', { class: 'slowest mono' }, ...node.slowest.map(item))));
}

function critical() {
  const place = document.getElementById('critical');
  if (data.critical.length === 0) return;
  const row = (index) => {
    const { address, ready, begin, end } = data.nodes[index];
    const share = 100 * (end - begin) / Math.max(data.run.elapsed, 1);
    return el('tr', { class: 'node opens', onclick: () => show(index) }, el('td', { class: 'text mono' }, address), el('td', {}, time(begin)),
      el('td', {}, time(Math.max(begin - (ready ?? begin), 0))), el('td', {}, time(end - begin)), el('td', {}, `${share.toFixed(0)} %`));
  };
  const head = ['node', 'begins', 'waits for room', 'takes', 'of the run'].map((name, index) => el('th', { class: index === 0 ? 'text' : null }, name));
  place.append(el('h2', {}, 'Critical path'), el('div', { class: 'panel', style: 'max-height: 360px' },
    el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...data.critical.map(row)))));
}

/** Bars in lanes, which can be moved and enlarged. */
function timeline() {
  const canvas = document.querySelector('.timeline canvas');
  const tip = document.querySelector('.tip');
  const lanes = [...data.composed, ...data.lanes];
  const between = data.composed.length > 0 && data.lanes.length > 0 ? 8 : 0;
  const total = Math.max(data.run.elapsed, 1);
  let view = { from: 0, to: total };
  const height = lanes.length === 0 ? 0 : Math.max(TIMELINE.least, Math.min(TIMELINE.most, Math.floor(560 / lanes.length)));
  canvas.height = 0;

  const x = (at, width) => (at - view.from) / (view.to - view.from) * width;

  function draw() {
    const width = canvas.parentElement.clientWidth;
    const tall = TIMELINE.axis + lanes.length * height + between + 4;
    const ratio = window.devicePixelRatio || 1;
    // What it was over may be elsewhere now.
    tip.style.display = 'none';
    canvas.width = width * ratio;
    canvas.height = tall * ratio;
    canvas.style.height = `${tall}px`;
    const pen = canvas.getContext('2d');
    pen.scale(ratio, ratio);
    pen.font = '11px system-ui, sans-serif';
    axis(pen, width, tall);
    const colors = data.nodes.map((_, index) => color(index));
    const paint = { mixed: css('--quiet'), failed: css('--failed'), retried: css('--retried'), cancelled: css('--cancelled'), critical: css('--critical') };
    lanes.forEach((lane, row) => {
      const top = TIMELINE.axis + row * height + (row < data.composed.length ? 0 : between);
      const gap = height > 5 ? 1 : 0;
      for (const [node, begin, took, outcome, calls, partition, label] of lane) {
        if (begin + took < view.from) continue;
        if (begin > view.to) break;
        const left = x(begin, width);
        const wide = Math.max(took / (view.to - view.from) * width, 0.6);
        pen.fillStyle = outcome === 'finished' ? (node === null ? paint.mixed : colors[node]) : paint[outcome];
        pen.fillRect(left, top, wide, height - gap);
        if (node !== null && data.nodes[node].critical && height > 5) {
          pen.fillStyle = paint.critical;
          pen.fillRect(left, top, wide, 2);
        }
        if (height >= 12 && wide > 60 && node !== null) {
          pen.fillStyle = '#111';
          pen.save();
          pen.beginPath();
          pen.rect(left, top, wide - 4, height);
          pen.clip();
          const name = data.nodes[node].address;
          const which = label ?? (calls > 1 ? countOfCalls(calls) : partition ?? '');
          pen.fillText(`${name} ${which}`, Math.max(left, 0) + 4, top + height - 5);
          pen.restore();
        }
      }
    });
  }

  function axis(pen, width, tall) {
    const span = view.to - view.from;
    const rough = span / Math.max(2, width / 110);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
    pen.fillStyle = css('--quiet');
    pen.strokeStyle = css('--edge');
    for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
      const left = Math.round(x(at, width)) + 0.5;
      pen.beginPath();
      pen.moveTo(left, 16);
      pen.lineTo(left, tall);
      pen.stroke();
      const text = time(at, step);
      if (left + 3 + pen.measureText(text).width < width) pen.fillText(text, left + 3, 12);
    }
  }

  function clamp(from, span) {
    const size = Math.min(Math.max(span, Math.min(1, total)), total);
    const start = Math.min(Math.max(from, 0), total - size);
    view = { from: start, to: start + size };
    draw();
  }

  function zoom(factor, share = 0.5) {
    const span = view.to - view.from;
    clamp(view.from + span * share * (1 - factor), span * factor);
  }

  /** The bar at a point, or one that is too narrow to hit. */
  function at(event) {
    const box = canvas.getBoundingClientRect();
    const down = event.clientY - box.top - TIMELINE.axis;
    const row = Math.floor(down / height) < data.composed.length ? Math.floor(down / height) : Math.floor((down - between) / height);
    const lane = lanes[row];
    if (!lane) return null;
    const when = view.from + (event.clientX - box.left) / box.width * (view.to - view.from);
    const near = 3 * (view.to - view.from) / box.width;
    let [low, high] = [0, lane.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lane[middle][1] <= when + near) low = middle + 1; else high = middle;
    }
    const bar = lane[low - 1];
    return bar && bar[1] + bar[2] + near >= when ? bar : null;
  }

  function hint(event) {
    const bar = at(event);
    tip.style.display = bar ? 'block' : 'none';
    if (!bar) return;
    const [node, begin, took, outcome, calls, partition, label, within] = bar;
    const name = node === null ? 'several nodes' : data.nodes[node].address;
    const which = calls > 1 ? countOfCalls(calls) : called(partition, label, within);
    tip.replaceChildren(el('b', { class: 'mono' }, name), el('div', {}, [which, outcome].filter(Boolean).join(': ')),
      el('div', { class: 'quiet' }, `${time(took)}, from ${time(begin)}`));
    const box = canvas.parentElement.getBoundingClientRect();
    const left = Math.min(event.clientX - box.left + 12, box.width - tip.offsetWidth - 4);
    tip.style.left = `${Math.max(left, 4)}px`;
    tip.style.top = `${Math.min(event.clientY - box.top + 14, Math.max(box.height - tip.offsetHeight - 2, 0))}px`;
  }

  let held = null;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    held = { at: event.clientX, view };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!event.buttons) held = null;
    if (held) {
      const span = held.view.to - held.view.from;
      clamp(held.view.from - (event.clientX - held.at) / canvas.clientWidth * span, span);
    }
    hint(event);
  });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) canvas.addEventListener(end, () => { held = null; });
  canvas.addEventListener('pointerleave', () => { tip.style.display = 'none'; });
  canvas.addEventListener('dblclick', (event) => zoom(0.4, event.offsetX / canvas.clientWidth));
  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    zoom((event.deltaY || event.deltaX) > 0 ? 1.25 : 0.8, event.offsetX / canvas.clientWidth);
  }, { passive: false });
  for (const [id, action] of [['closer', () => zoom(0.5)], ['farther', () => zoom(2)], ['whole', () => clamp(0, total)]]) {
    document.getElementById(id).addEventListener('click', action);
  }
  new ResizeObserver(draw).observe(canvas.parentElement);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  const merged = lanes.some((lane) => lane.some((bar) => bar[4] > 1));
  document.getElementById('merged').hidden = !merged;
  const lanesOf = (lanes, what) => (lanes.length === 0 ? [] : [`${count(lanes.length)} ${lanes.length === 1 ? 'lane' : 'lanes'} of ${what}`]);
  document.getElementById('lanes').textContent =
    [...lanesOf(data.composed, 'maps and nested dags'), ...lanesOf(data.lanes, 'calls')].join(', ');
  draw();
}

summary();
failures();
graph();
critical();
timeline();
document.getElementById('more').addEventListener('click', () => { limit = Infinity; nodes(); });
nodes();
document.documentElement.dataset.ready = 'true';
