/**
 * SVG to PNG by resvg, with the pictures' own font and nothing from the system: the same bytes everywhere. Only where a
 * text has scripts that this font lacks are the system's fonts looked for.
 */
import { HourglassError } from '../errors.ts';
import { cannotLoad } from '../installation.ts';
import { FONT_FAMILY } from '../render/index.ts';
import { fontFiles } from './fonts.ts';

/** Pixels that are drawn at most: 64 megapixels, 256 MiB of memory. */
const MOST_PIXELS = 2 ** 26;

/** Characters that DejaVu Sans does not have: letters of scripts other than these, and emoji. */
const NOT_IN_FONT =
  /\p{Emoji_Presentation}|(?![\p{Script=Common}\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Georgian}])\p{L}/u;

/**
 * The PNG file of an SVG picture.
 *
 * @param options.scale pixels per SVG unit; default 2, which prints at 8.5 cm with 300 dots an inch or more. A picture of
 * more pixels than `most` (default 64 megapixels) is drawn smaller by default; at a scale that was given, it is refused.
 */
export async function svgToPng(
  svg: string,
  options: { scale?: number; most?: number } = {},
): Promise<Uint8Array> {
  const { scale = 2, most = MOST_PIXELS } = options;
  if (!(Number.isFinite(scale) && scale > 0)) {
    throw new HourglassError('usage', {
      subject: 'scale of a picture',
      rule: 'must be positive',
      got: scale,
    });
  }
  const { Resvg } = await import('@resvg/resvg-js').catch((cause) => {
    throw cannotLoad('resvg', cause);
  });
  const font = {
    fontFiles: fontFiles(),
    defaultFontFamily: FONT_FAMILY,
    loadSystemFonts: NOT_IN_FONT.test(svg),
  };
  const at = (value: number) => new Resvg(svg, { fitTo: { mode: 'zoom', value }, font });
  const picture = at(scale);
  const units = picture.width * picture.height;
  if (units * scale ** 2 <= most) return new Uint8Array(picture.render().asPng());
  if (options.scale === undefined) {
    return new Uint8Array(
      at(0.99 * Math.sqrt(most / units))
        .render()
        .asPng(),
    );
  }
  const got = `${Math.round(picture.width * scale)}×${Math.round(picture.height * scale)}`;
  throw new HourglassError('usage', {
    subject: 'a picture',
    rule: `must have at most ${Math.round(most / 2 ** 20)} megapixels`,
    got,
  });
}
