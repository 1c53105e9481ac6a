/**
 * Schemas that several kinds of record share. What is read when a model is used is written with zod/mini: of it, a bundle
 * contains only what is called.
 */
import * as z from 'zod/mini';
import { ACTIVATIONS } from '../nn/index.ts';

export const activationSchema = z
  .enum(ACTIVATIONS)
  .check(z.describe('the function applied to each unit; identity leaves it as it is'));
export const rateSchema = z
  .number()
  .check(
    z.minimum(0),
    z.lt(1),
    z.describe('the chance of an element to be set to 0; the others are divided by 1 − rate'),
  );
export const unitsSchema = z
  .int()
  .check(
    z.minimum(1),
    z.maximum(65_536),
    z.describe('the number of units, which is the number of values it gives for an image'),
  );
export const biasSchema = z
  ._default(z.boolean(), true)
  .check(z.describe('whether a learned number, 0 at first, is added to each unit (of maps: to each map)'));
export const kernelSchema = z
  .int()
  .check(z.minimum(1), z.maximum(31), z.describe('height and width of the kernel'));
export const slopeSchema = z
  .optional(z.number())
  .check(z.describe('slope below zero, for leakyRelu (default 0.01)'));

/** The weight of a penalty. */
export const penaltyWeight = z
  .number()
  .check(z.minimum(0), z.describe('what it is multiplied by in the loss'));

/** The chance of a pixel in a corruption. */
export const corruptionRate = z
  .number()
  .check(z.minimum(0), z.maximum(1), z.describe('the chance of a pixel to be corrupted'));

/** By what factor a layer shrinks or grows height and width. */
export const factorSchema = z
  .int()
  .check(
    z.minimum(2),
    z.maximum(16),
    z.describe('the factor by which height and width change; 2 halves or doubles them'),
  );
