/** Loaded before the program: its clock is set back, by so many milliseconds, and again each second. */
const back = Number(process.env.HOURGLASS_TEST_CLOCK_BACK);
const real = Date.now;
const now = () => real() - back * (1 + Math.floor(performance.now() / 1000));
globalThis.Date = class extends Date {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static now() {
    return now();
  }
};
