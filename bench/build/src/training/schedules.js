/**
 * The factor, in (0, 1], of step `step` (from 0) of `stepsPerEpoch · epochs`. The cosine falls from the end
 * of the warm-up to the end of training (Loshchilov & Hutter, 2017, without restarts).
 */
export function scheduleFactor(schedule, step, stepsPerEpoch, epochs) {
    const warmup = Math.round(schedule.warmup * stepsPerEpoch);
    if (step < warmup)
        return (step + 1) / (warmup + 1);
    switch (schedule.type) {
        case 'constant':
            return 1;
        case 'step':
            return schedule.factor ** Math.floor(step / (schedule.every * stepsPerEpoch));
        case 'cosine': {
            const progress = (step - warmup) / Math.max(1, stepsPerEpoch * epochs - warmup);
            return schedule.final + (1 - schedule.final) * 0.5 * (1 + Math.cos(Math.PI * progress));
        }
    }
}
