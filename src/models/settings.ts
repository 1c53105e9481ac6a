/** Schemas that several kinds of record share. */
import * as z from 'zod';
import { ACTIVATIONS } from '../nn/index.ts';

export const activationSchema = z.enum(ACTIVATIONS);
export const rateSchema = z.number().min(0).lt(1);
export const unitsSchema = z.int().min(1).max(65_536);
export const kernelSchema = z.int().min(1).max(31).describe('height and width of the kernel');
export const slopeSchema = z.number().optional().describe('slope below zero, for leakyRelu (default 0.01)');

/** The weight of a penalty. */
export const penaltyWeight = z.number().min(0).describe('what it is multiplied by in the loss');

/** The chance of a pixel in a corruption. */
export const corruptionRate = z.number().min(0).max(1).describe('the chance of a pixel to be corrupted');

/** By what factor a layer shrinks or grows height and width. */
export const factorSchema = z.int().min(2).max(16);
