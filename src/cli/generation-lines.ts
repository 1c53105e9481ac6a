/** How well samples match held-out ones, as lines: a row for each source. */
import { GENERATION_VALUES, type GenerationEvaluation, RIGHT_CLASS } from '../api.ts';
import { figureLines, type LineStyle, sentence } from './figure-lines.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function generationLines(evaluation: GenerationEvaluation, style: LineStyle): string[] {
  const { sources, images, split, definition } = evaluation;
  const { width, colours } = style;
  const heads = GENERATION_VALUES.map(({ name }) => ({
    text: name.replace('Fréchet distance', 'Fréchet'),
    show: colours.dim,
  }));
  return [
    ...sentence(`generation: ${images.toLocaleString('en')} samples of each against ${split} images`, width),
    ...figureLines('', heads, '', style),
    ...sources.flatMap(({ source, note: words, rightClass, ...values }) => {
      const note = rightClass === undefined ? words : `${words}; right class ${percent(rightClass)}`;
      const cells = GENERATION_VALUES.map(({ key }, i) => ({
        text: i === 0 ? values[key].toPrecision(4) : values[key].toFixed(3),
        ...(i === 0 ? { show: colours.bold } : {}),
      }));
      return figureLines(source, cells, note, style);
    }),
    ...GENERATION_VALUES.flatMap(({ name, definition: words }) =>
      sentence(`${name}: ${words}`, width, colours.dim),
    ),
    ...(evaluation.rightClass === undefined
      ? []
      : sentence(
          `right class: ${RIGHT_CLASS}; of the held-out ones it sees ${percent(evaluation.rightClass)} right`,
          width,
          colours.dim,
        )),
    ...sentence(definition, width, colours.dim),
  ];
}
