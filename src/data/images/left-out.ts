/** What a folder holds that is not read: counted by kind, and reported with how to include it. */
import { kindLeftOut } from './formats.ts';

export class LeftOut {
  private links = 0;
  private masks = 0;
  private readonly broken = { count: 0 };
  private readonly pictures = new Map<string, number>();
  private readonly others = new Map<string, number>();

  /** A link that is not followed. */
  link(): void {
    this.links++;
  }

  /** A mask next to split folders. */
  mask(): void {
    this.masks++;
  }

  /** A link that is followed and leads nowhere. */
  brokenLink(): void {
    this.broken.count++;
  }

  /** A file that is not read, by its name. */
  file(name: string): void {
    const { kind, isPicture } = kindLeftOut(name);
    const counts = isPicture ? this.pictures : this.others;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }

  /** A line for each kind, with a way to include it if there is one. */
  notes(): string[] {
    const notes: string[] = [];
    if (this.masks > 0) notes.push(`${count(this.masks, 'mask')} left out`);
    if (this.links > 0)
      notes.push(
        `${count(this.links, 'link')} left out: links are followed with --follow-links (in the library followLinks: true)`,
      );
    if (this.broken.count > 0)
      notes.push(`${count(this.broken.count, 'link')} left out: their targets do not exist`);
    for (const [kind, n] of this.pictures)
      notes.push(
        `${count(n, `${kind} file`)} left out: this format cannot be read; convert to PNG${kind === 'HEIC' ? ' or JPEG' : ''}`,
      );
    const others = [...this.others].sort((a, b) => b[1] - a[1]);
    if (others.length > 0) {
      const total = others.reduce((sum, [, n]) => sum + n, 0);
      const shown = others.slice(0, 5).map(([kind, n]) => `${n.toLocaleString('en')} ${kind}`);
      const rest = others.length > 5 ? [`${others.length - 5} more kinds`] : [];
      notes.push(
        `${count(total, 'other file')} left out, not pictures by their names: ${[...shown, ...rest].join(', ')}`,
      );
    }
    return notes;
  }
}

const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
