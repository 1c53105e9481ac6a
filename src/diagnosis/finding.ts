/** What a diagnosis is, and how it is stored. How one is made is elsewhere. */
import * as z from 'zod/mini';

/**
 * useless: the model does not do what it was trained for, and a warning precedes each use of it.
 * weak: it works, but worse than it should.
 * advice: nothing is wrong, but better results are possible.
 */
export const LEVELS = ['useless', 'weak', 'advice'] as const;

export const findingSchema = z.object({
  /** A fixed word for programs, such as `dead-code`. */
  kind: z.string(),
  /**
   * `useless`: the model does not do what it was trained for. `weak`: it works, but worse than it should. `advice`: nothing
   * is wrong, but better results are possible.
   */
  level: z.enum(LEVELS),
  /** What is wrong, with the figures that show it. */
  sentence: z.string(),
  /** Why it is so, in one or two sentences. */
  cause: z.string(),
  /** What to change, with the flag or setting that does it. */
  remedy: z.string(),
});

export const diagnosisSchema = z.object({
  /** The result in one or two sentences. */
  verdict: z.string(),
  /** What is the matter with the model, the gravest first; empty if nothing is. */
  findings: z.array(findingSchema),
});

/** One thing to know about a trained model, its cause, and what to change. */
export interface Finding extends z.infer<typeof findingSchema> {}

/** What an evaluation says about the model, in words. */
export interface Diagnosis extends z.infer<typeof diagnosisSchema> {
  /** What is the matter with the model, the gravest first; empty if nothing is. */
  findings: Finding[];
}

/** The findings that make a model useless, if any. */
export const uselessness = (diagnosis: Diagnosis | null): Finding[] =>
  diagnosis?.findings.filter(({ level }) => level === 'useless') ?? [];

/** A finding on one line. */
export const findingText = ({ sentence, cause, remedy }: Finding): string => `${sentence} ${cause} ${remedy}`;
