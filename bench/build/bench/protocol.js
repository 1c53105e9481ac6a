/**
 * How the bench talks with the programs it measures: each is a process of its own that is asked, one line of
 * JSON at a time, to make some training steps, and answers with a line. Between two requests it only waits.
 */
import { createInterface } from 'node:readline';
/** A TypeScript worker: `begin` is called once, the function that it gives for each turn. */
export async function serve(begin) {
    const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
    let step;
    for await (const line of createInterface({ input: process.stdin })) {
        const request = JSON.parse(line);
        if (step === undefined) {
            const begun = await begin(request);
            step = begun.step;
            say(begun.ready);
            continue;
        }
        const turn = request;
        const once = await step(turn);
        for (let i = 0; i < turn.warm; i++)
            await once();
        const times = [];
        let loss = 0;
        for (let i = 0; i < turn.steps; i++) {
            const start = performance.now();
            loss += await once();
            times.push(performance.now() - start);
        }
        say({
            times,
            loss: turn.steps === 0 ? 0 : loss / turn.steps,
            peakMiB: process.resourceUsage().maxRSS / 1024,
        });
    }
}
