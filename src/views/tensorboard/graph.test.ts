import { describe, expect, test } from 'vitest';
import { encodeGraphDef, type GraphNode } from '../../codecs/tensorboard/index.ts';
import { defineAutoencoder, sideDivisor, trainingGraph } from '../../models/index.ts';
import { loadRecipe, recipeNames } from '../../node/recipes.ts';
import { graphNodes } from './graph.ts';

function nodesOf(name: string, set: Record<string, unknown> = {}): GraphNode[] {
  const recipe = loadRecipe(name, set);
  const divisor = sideDivisor(recipe.model.encoder);
  const side = divisor * Math.ceil(28 / divisor);
  const definition = defineAutoencoder(recipe.model, { height: side, width: side, channels: 1 });
  return graphNodes(trainingGraph(definition, recipe), recipe.training.optimiser.type);
}

describe('the graph for TensorBoard', () => {
  test.each(recipeNames())('of %s is whole, and its names are valid and unique', (name) => {
    // Its classes follow from the data.
    const nodes = nodesOf(name, name === 'conditional' ? { 'model.condition.classes': ['a', 'b'] } : {});
    const names = new Set(nodes.map((node) => node.name));
    expect(names.size).toBe(nodes.length);
    for (const node of names) expect(node).toMatch(/^[A-Za-z0-9][\w.-]*(\/[\w.-]+)*$/);
    for (const { inputs } of nodes) for (const input of inputs) expect(names).toContain(input);
    expect(encodeGraphDef(nodes).length).toBeGreaterThan(1000);
  });

  test('has the scopes of the definition, with parameters, noise and statistics inside', () => {
    const nodes = nodesOf('stacked', {
      'model.encoder': [{ type: 'dense', units: 8 }, { type: 'batchNorm' }, { type: 'dropout', rate: 0.1 }],
      'model.code.dropout': 0,
      'model.decoder': [],
    });
    const find = (name: string) => nodes.find((node) => node.name === name);
    expect(find('image')).toMatchObject({ op: 'Input', shape: ['N', 784], dtype: 'float32' });
    expect(find('encoder/dense1/weight')).toMatchObject({ op: 'Parameter', shape: [784, 8] });
    expect(find('encoder/batchNorm1/mean')).toMatchObject({ op: 'Statistic' });
    expect(find('encoder/batchNorm1/meanNext')!.inputs[0]).toMatch(/^encoder\/batchNorm1\//);
    expect(nodes.find(({ op }) => op === 'keepMask')!.name).toMatch(/^encoder\/dropout1\//);
    const product = nodes.find(({ inputs }) => inputs.includes('encoder/dense1/weight'))!;
    expect(product.name).toMatch(/^encoder\/dense1\//);
    const step = find('optimiser/encoder/dense1/weight')!;
    expect(step.op).toBe('adam');
    expect(step.inputs).toEqual(['encoder/dense1/weight', expect.stringMatching(/^gradients\//)]);
    const outside = nodes.filter(({ name }) => !name.includes('/')).map(({ name }) => name);
    expect(outside.sort()).toEqual(['image', 'inverseBatch']);
  });
});
