/** Pointers on an area, told apart: hovering, a tap, dragging with one pointer, pinching with two, the wheel. Places are in the area. */

export interface Gestures {
  hover(x: number, y: number): void;
  leave(): void;
  /** A press and release without a way between. */
  tap(x: number, y: number, kind: string): void;
  /** One pointer moves while it is down: from its last place. The first call has `begins`. */
  drag(x: number, y: number, dx: number, dy: number, how: { kind: string; begins: boolean }): void;
  dragEnd(): void;
  /** Magnified by a factor around a place, which moves by (dx, dy). */
  pinch(x: number, y: number, factor: number, dx: number, dy: number): void;
}

/** Pixels that a finger may slip in a tap. */
const SLIP = { mouse: 4, pen: 6, touch: 10 } as const;

/** Follows the pointers until the returned function is called. */
export function followPointers(area: HTMLElement, to: Gestures): () => void {
  const down = new Map<number, { x: number; y: number }>();
  let start: { x: number; y: number } | null = null;
  let dragging = false;
  const place = (event: MouseEvent) => {
    const { left, top } = area.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const endDrag = () => {
    if (dragging) to.dragEnd();
    dragging = false;
  };

  const listeners: Partial<{ [E in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[E]) => void }> = {
    pointerdown(event) {
      if (event.button > 0) return;
      area.setPointerCapture(event.pointerId);
      down.set(event.pointerId, place(event));
      if (down.size === 1) start = place(event);
      else {
        start = null;
        endDrag();
      }
    },
    pointermove(event) {
      const { x, y } = place(event);
      const last = down.get(event.pointerId);
      if (last === undefined) {
        if (down.size === 0) to.hover(x, y);
        return;
      }
      const others = [...down].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      if (others.length > 0) {
        const other = others[0]!;
        const before = Math.hypot(last.x - other.x, last.y - other.y);
        const after = Math.hypot(x - other.x, y - other.y);
        const [dx, dy] = [(x - last.x) / 2, (y - last.y) / 2];
        to.pinch((x + other.x) / 2, (y + other.y) / 2, before > 0 ? after / before : 1, dx, dy);
      } else if (start !== null) {
        const slip = SLIP[event.pointerType as keyof typeof SLIP] ?? SLIP.mouse;
        if (!dragging && Math.hypot(x - start.x, y - start.y) <= slip) return;
        to.drag(x, y, x - last.x, y - last.y, { kind: event.pointerType, begins: !dragging });
        dragging = true;
      }
      down.set(event.pointerId, { x, y });
    },
    pointerup(event) {
      if (!down.delete(event.pointerId)) return;
      if (start !== null && !dragging) to.tap(start.x, start.y, event.pointerType);
      endDrag();
      start = null;
    },
    pointercancel(event) {
      down.delete(event.pointerId);
      endDrag();
      start = null;
    },
    pointerleave(event) {
      if (event.pointerType === 'mouse' && down.size === 0) to.leave();
    },
    wheel(event) {
      event.preventDefault();
      const { x, y } = place(event);
      // Lines and pages, where a browser counts in them, as pixels; a trackpad's pinch comes with ctrlKey and small steps.
      const unit = [1, 30, 300][event.deltaMode] ?? 1;
      const delta = Math.max(-400, Math.min(400, event.deltaY * unit * (event.ctrlKey ? 4 : 1)));
      to.pinch(x, y, Math.exp(-delta / 400), 0, 0);
    },
  };
  for (const [name, listen] of Object.entries(listeners)) {
    area.addEventListener(name, listen as EventListener, { passive: false });
  }
  return () => {
    for (const [name, listen] of Object.entries(listeners))
      area.removeEventListener(name, listen as EventListener);
  };
}
