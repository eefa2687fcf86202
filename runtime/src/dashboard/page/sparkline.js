// Calls over time as stacked columns, on a canvas: a thousand rows of SVG would be too slow.

const PARTS = ["answered", "failed", "rejected"];
let inks = null;

/** The colours of the current theme. */
function colours() {
  if (inks) return inks;
  inks = PARTS.map((part) => {
    const probe = document.createElement("i");
    probe.className = `ink-${part}`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  });
  return inks;
}

/** Reads the colours again at the next drawing. */
export function forgetColours() {
  inks = null;
}

/**
 * Draws columns of answered, failed and rejected calls. `gap` is the part of a column that stays empty, `passed` the part of
 * the last column's time that has passed: it is drawn as high as its rate.
 */
export function draw(canvas, columns, { gap = 0.25, passed = 1 } = {}) {
  const scale = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (width === 0) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  const length = columns.answered.length;
  let largest = 1;
  const full = (part, index) => (index === length - 1 ? columns[part][index] / passed : columns[part][index]);
  for (let index = 0; index < length; index++) largest = Math.max(largest, PARTS.reduce((sum, part) => sum + full(part, index), 0));
  const step = width / length;
  const inks = colours();
  for (let index = 0; index < length; index++) {
    let bottom = height;
    // Whole pixels: half ones would blur the edges and show stripes.
    const left = Math.round(index * step);
    const thickness = Math.max(1, Math.round((index + 1 - gap) * step) - left);
    for (const [order, part] of PARTS.entries()) {
      const value = full(part, index);
      if (value === 0) continue;
      // One call among thousands is still visible.
      const tall = Math.max(scale, (value / largest) * height);
      context.fillStyle = inks[order];
      context.fillRect(left, bottom - tall, thickness, tall);
      bottom -= tall;
    }
  }
}

/** The same in words. */
export function inWords(columns) {
  const total = (part) => columns[part].reduce((sum, value) => sum + value, 0).toLocaleString("en");
  return `Last 5 minutes: ${total("answered")} answered, ${total("failed")} failed, ${total("rejected")} rejected`;
}
