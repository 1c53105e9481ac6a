/** What a diagnosis is, and how it is stored. How one is made is elsewhere. */
import * as z from 'zod/mini';

/**
 * useless: the model does not do what it was trained for, and a warning precedes each use of it.
 * weak: it works, but worse than it should.
 * advice: nothing is wrong, but better results are possible.
 */
export const LEVELS = ['useless', 'weak', 'advice'] as const;

/** One thing to know about a trained model, its cause, and what to change. */
export interface Finding {
  /** A fixed word for programs, such as `dead-code`. */
  kind: string;
  /**
   * `useless`: the model does not do what it was trained for. `weak`: it works, but worse than it should. `advice`: nothing
   * is wrong, but better results are possible.
   */
  level: (typeof LEVELS)[number];
  /** What is wrong, with the figures that show it. */
  sentence: string;
  /** Why it is so, in one or two sentences. */
  cause: string;
  /** What to change, with the flag or setting that does it. */
  remedy: string;
}

/** What an evaluation says about the model, in words. */
export interface Diagnosis {
  /** The result in one or two sentences. */
  verdict: string;
  /** What is the matter with the model, the gravest first; empty if nothing is. */
  findings: Finding[];
}

const findingSchema: z.ZodMiniType<Finding> = z.object({
  kind: z.string(),
  level: z.enum(LEVELS),
  sentence: z.string(),
  cause: z.string(),
  remedy: z.string(),
});

export const diagnosisSchema: z.ZodMiniType<Diagnosis> = z.object({
  verdict: z.string(),
  findings: z.array(findingSchema),
});

/** The findings that make a model useless, if any. */
export const uselessness = (diagnosis: Diagnosis | null): Finding[] =>
  diagnosis?.findings.filter(({ level }) => level === 'useless') ?? [];

/** A finding on one line. */
export const findingText = ({ sentence, cause, remedy }: Finding): string => `${sentence} ${cause} ${remedy}`;
