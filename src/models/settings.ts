/** Schemas that several kinds of record share. */
import * as z from 'zod';
import { ACTIVATIONS } from '../nn/index.ts';

export const activationSchema = z
  .enum(ACTIVATIONS)
  .describe('the function applied to each unit; identity leaves it as it is');
export const rateSchema = z
  .number()
  .min(0)
  .lt(1)
  .describe('the chance of an element to be set to 0; the others are divided by 1 − rate');
export const unitsSchema = z
  .int()
  .min(1)
  .max(65_536)
  .describe('the number of units, which is the number of values it gives for an image');
export const biasSchema = z
  .boolean()
  .default(true)
  .describe('whether a learned number, 0 at first, is added to each unit (of maps: to each map)');
export const kernelSchema = z.int().min(1).max(31).describe('height and width of the kernel');
export const slopeSchema = z.number().optional().describe('slope below zero, for leakyRelu (default 0.01)');

/** The weight of a penalty. */
export const penaltyWeight = z.number().min(0).describe('what it is multiplied by in the loss');

/** The chance of a pixel in a corruption. */
export const corruptionRate = z.number().min(0).max(1).describe('the chance of a pixel to be corrupted');

/** By what factor a layer shrinks or grows height and width. */
export const factorSchema = z
  .int()
  .min(2)
  .max(16)
  .describe('the factor by which height and width change; 2 halves or doubles them');
