/** The study of a sweep in its journal: read as it grows, and written one operation after the other. */
import { hostname } from 'node:os';
import { HourglassError } from '../../errors.ts';
import { type Journal, openJournal } from '../../store/index.ts';
import {
  createStudy,
  directionsOf,
  lineOf,
  type Operation,
  operationOf,
  type Plan,
  type Study,
  StudyLog,
  studyAttributes,
} from '../../sweeps/index.ts';
import { packageVersion } from '../../version.ts';
import { journalOf } from './folder.ts';

/** With an offset, as Optuna's clients read it on every Python. */
export const now = (): string => new Date().toISOString().replace('Z', '+00:00');

export class StudyFile {
  private readonly journal: Journal;
  private readonly log: StudyLog;
  private readonly worker = `${hostname()}-${process.pid}`;
  private last: Promise<unknown> = Promise.resolve();
  private lines = 0;

  private constructor(journal: Journal, name: string) {
    this.journal = journal;
    this.log = new StudyLog(name);
  }

  /** Opens the journal of a sweep, and begins its study where there is none. */
  static async open(folder: string, plan: Plan): Promise<StudyFile> {
    const file = new StudyFile(await openJournal(journalOf(folder)), plan.name);
    await file.refresh();
    if (file.log.study === null) {
      await file.write(() => [createStudy(plan.name, directionsOf(plan))]);
      const { recipe, search, prune, objectives, seed } = plan;
      const attributes = {
        recipe: recipe.name,
        search,
        prune,
        objectives,
        seed,
        hourglass: packageVersion(),
      };
      await file.write(({ id }) => studyAttributes(id, attributes));
    }
    return file;
  }

  /** The study in a journal that is only read; null if there is none yet. */
  static async read(folder: string, plan: Plan): Promise<Study | null> {
    return (await StudyFile.follow(folder, plan)).read();
  }

  /** A journal that is only read, again and again: each time only what was added. The study is null before it begins. */
  static async follow(folder: string, plan: Plan): Promise<{ read(): Promise<Study | null> }> {
    const file = new StudyFile(await openJournal(journalOf(folder), { onlyRead: true }), plan.name);
    return {
      async read() {
        await file.refresh();
        return file.log.study;
      },
    };
  }

  get study(): Study {
    const { study } = this.log;
    if (study !== null) return study;
    throw new HourglassError('run', { subject: this.journal.path, rule: 'has no study of this sweep' });
  }

  /**
   * Appends what `operations` returns, once the study is up to date. `nextTrial` is the id of a trial that it creates.
   */
  write(operations: (study: Study, nextTrial: number) => readonly Operation[]): Promise<void> {
    const done = this.last.then(async () => {
      await this.journal.transact((added) => {
        this.take(added);
        const { study, nextTrial } = this.log;
        // Only the first operation of all has no study.
        return operations(study as Study, nextTrial)
          .map((one) => lineOf(one, this.worker))
          .join('');
      });
      await this.refresh();
    });
    this.last = done.catch(() => {});
    return done;
  }

  private async refresh(): Promise<void> {
    this.take(await this.journal.read());
  }

  private take(lines: readonly string[]): void {
    for (const line of lines) this.log.apply(operationOf(line, `${this.journal.path}, line ${++this.lines}`));
  }
}
