'use strict';
/** What somebody does with the timeline of a report. What goes wrong is in the page then. */
{
  const canvas = document.querySelector('.timeline canvas');
  const tip = document.querySelector('.tip');
  const wrong = new Set();
  const check = (what, holds) => { if (!holds) wrong.add(what); };
  const { left, top, width } = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  const does = (name, at, more) => {
    const before = canvas.toDataURL();
    const place = { clientX: left + at * width, clientY: top + 30, pointerId: 1, bubbles: true };
    canvas.dispatchEvent(new (name === 'wheel' ? WheelEvent : PointerEvent)(name, { ...place, ...more }));
    return canvas.toDataURL() !== before;
  };
  check('a wheel alone enlarges', !does('wheel', 0.5, { deltaY: -100 }));
  // Where the bar is depends on how long the run took.
  const isHit = (step) => {
    does('pointermove', step / 400, { buttons: 0 });
    return tip.style.display === 'block';
  };
  check('no bar is hit', Array.from({ length: 400 }, (_, step) => step).some(isHit));
  check('the wheel does not enlarge', does('wheel', 0.5, { deltaY: -100, ctrlKey: true }));
  check('the tip is stale', tip.style.display === 'none');
  check('a double-click does not enlarge', does('dblclick', 0.5, {}));
  for (const [what, button, end, buttons] of [
    ['the secondary button', 2, null, 2], ['pointerup', 0, 'pointerup', 1], ['pointercancel', 0, 'pointercancel', 1],
    ['lostpointercapture', 0, 'lostpointercapture', 1], ['a button that is up', 0, null, 0],
  ]) {
    does('pointerdown', 0.5, { button, buttons: 1 });
    check(`no drag before ${what}`, button !== 0 || does('pointermove', 0.45, { buttons: 1 }));
    if (end) does(end, 0.45, {});
    check(`a drag after ${what}`, !does('pointermove', 0.4, { buttons }));
  }
  const ticks = new Set();
  CanvasRenderingContext2D.prototype.fillText = (text, x, y) => {
    // What is lower is the name of a bar.
    if (y !== 12) return;
    check('two ticks are alike', !ticks.has(text));
    ticks.add(text);
  };
  for (let n = 0; n < 60; n += 1) {
    ticks.clear();
    does('wheel', 0.5, { deltaY: -100, ctrlKey: true });
  }
  check('no ticks', ticks.size > 2);
  document.body.dataset.wrong = [...wrong].join(', ');
}
