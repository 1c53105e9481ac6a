/** What a diagnosis is, and how it is stored. Knows nothing of how one is made. */
import { z } from 'zod';

/**
 * useless: the model does not do what it was trained for, and a warning precedes each use of it.
 * weak: it works, and worse than it should.
 * advice: nothing is wrong, and more is to be had.
 */
export const LEVELS = ['useless', 'weak', 'advice'] as const;

export const findingSchema = z.object({
  /** One word for programs, as `dead-code`. */
  kind: z.string(),
  level: z.enum(LEVELS),
  /** What is the matter, with the figures that show it. */
  sentence: z.string(),
  cause: z.string(),
  /** What to change, with the flag or setting to change it by. */
  remedy: z.string(),
});

export const diagnosisSchema = z.object({
  /** The result in one or two sentences. */
  verdict: z.string(),
  findings: z.array(findingSchema),
});

/** One thing to know about a trained model, why it is so, and what to change. */
export type Finding = z.infer<typeof findingSchema>;

/** What an evaluation says of the model, in words. */
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** The findings that make a model useless, if any. */
export const uselessness = (diagnosis: Diagnosis | null): Finding[] =>
  diagnosis?.findings.filter(({ level }) => level === 'useless') ?? [];

/** A finding on one line. */
export const findingText = ({ sentence, cause, remedy }: Finding): string => `${sentence} ${cause} ${remedy}`;
