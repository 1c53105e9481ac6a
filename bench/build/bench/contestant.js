/** One measured program: a child process that trains when asked and otherwise waits. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
/** The folder of this bench's sources, seen from where the compiled bench lies: bench/build/bench. */
const SOURCES = new URL('../../', import.meta.url);
export function programs(peers, python) {
    const worker = (name) => ({
        name,
        command: process.execPath,
        arguments: [fileURLToPath(new URL(`./workers/${name}.js`, import.meta.url))],
    });
    const peer = (name, file, install) => ({
        name,
        command: python,
        arguments: ['-B', fileURLToPath(new URL(`peers/${file}`, SOURCES))],
        install,
    });
    const known = {
        pytorch: peer('pytorch', 'pytorch.py', 'pip install numpy torch --index-url https://download.pytorch.org/whl/cpu'),
        jax: peer('jax', 'jax_step.py', 'pip install numpy jax'),
    };
    return [
        worker('hourglass'),
        worker('floor'),
        ...peers.map((name) => {
            const found = known[name];
            if (found === undefined)
                throw new RangeError(`--peers: '${name}' is none of ${Object.keys(known)}`);
            return found;
        }),
    ];
}
export class Contestant {
    name;
    ready;
    child;
    answers;
    constructor(name, ready, child, answers) {
        this.name = name;
        this.ready = ready;
        this.child = child;
        this.answers = answers;
    }
    /** The program, started and ready; or, in a word, why it cannot run. */
    static async start(program, setup) {
        const child = spawn(program.command, program.arguments, { stdio: ['pipe', 'pipe', 'pipe'] });
        let complaints = '';
        child.stderr.on('data', (text) => {
            complaints = (complaints + text).slice(-4000);
        });
        child.on('error', (error) => {
            complaints += error.message;
        });
        // A write to a process that is gone; its silence is noticed anyway.
        child.stdin.on('error', () => { });
        const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        child.stdin.write(`${JSON.stringify(setup)}\n`);
        const { value, done } = await answers.next();
        if (done) {
            const lines = complaints.trim().split('\n');
            const missing = /ModuleNotFoundError: No module named '(\w+)'|ENOENT/.exec(complaints);
            if (missing && program.install) {
                return `not installed (${missing[1] ? `no ${missing[1]}` : `no ${program.command}`}); ${program.install}`;
            }
            return `does not start: ${lines.at(-1)}`;
        }
        const ready = JSON.parse(value);
        if ('error' in ready)
            return `does not start: ${ready.error}`;
        return new Contestant(program.name, ready, child, answers);
    }
    async run(turn) {
        this.child.stdin.write(`${JSON.stringify(turn)}\n`);
        const { value, done } = await this.answers.next();
        if (done)
            throw new Error(`${this.name} ended in the middle of a turn`);
        const result = JSON.parse(value);
        if ('error' in result)
            throw new Error(result.error);
        return result;
    }
    /** Seconds of processor time that the process has used so far; NaN where the system does not say. */
    processorSeconds() {
        try {
            const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
            return (Number(fields[11]) + Number(fields[12])) / 100;
        }
        catch {
            return Number.NaN;
        }
    }
    stop() {
        this.child.stdin.end();
        const kill = setTimeout(() => this.child.kill('SIGKILL'), 2000);
        this.child.on('exit', () => clearTimeout(kill));
    }
}
