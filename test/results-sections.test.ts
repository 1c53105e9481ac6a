import { expect, test } from 'vitest';
import { keyOf, rowsOf, withSection } from '../scripts/results/sections.ts';

const section = (value: string) => `## Figures

| recipe | figure | ours |
| --- | ---: | ---: |
| \`basic\` | MSE | ${value} |
| \`basic\` | SSIM | 0.8 |
`;
const page = `# Results\n\n${section('0.5')}\n## Other\n\n| \`basic\` | MSE | 9 |\n`;

test('the rows of a section are found by their first cells, and those of other sections are not', () => {
  const rows = rowsOf(page, '## Figures', 2);
  expect([...rows.keys()]).toEqual(['`basic` | MSE', '`basic` | SSIM']);
  expect(rows.get(keyOf(['`basic`', 'SSIM', '0.9'], 2))).toEqual(['`basic`', 'SSIM', '0.8']);
  expect(rowsOf(page, '## None', 2).size).toBe(0);
});

test('a section is replaced, and the rest of the page stays', () => {
  expect(withSection(page, '## Figures', section('0.4'))).toBe(page.replace('0.5', '0.4'));
});
