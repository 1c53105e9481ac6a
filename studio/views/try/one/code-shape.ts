/** The shape of a code that is a picture. */
import type { PageModel } from 'hourglass/web';

export interface CodeShape {
  /** Maps next to one another. */
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

interface Configured {
  readonly model?: {
    readonly code?: { readonly type?: string; readonly activation?: string };
    readonly encoder?: readonly { readonly channels?: number }[];
  };
}

/** Codes of at most so many sigmoid units are shown as a small picture, like before-after.png. */
const MOST_SQUARE = 64;

/** The maps of a code that is maps; a square of a sigmoid code of a square number of units; else null. */
export function codeShapeOf(
  info: Pick<PageModel['info'], 'metadata' | 'codeUnits' | 'image'>,
): CodeShape | null {
  const { code, encoder = [] } = configured(info.metadata.configuration).model ?? {};
  const units = info.codeUnits;
  if (code?.type === 'maps') {
    const count = encoder.findLast(({ channels }) => channels !== undefined)?.channels ?? info.image.channels;
    const plane = units / count;
    const height = Math.round(Math.sqrt((plane * info.image.height) / info.image.width));
    return Number.isInteger(plane / height) ? { count, height, width: plane / height } : null;
  }
  const side = Math.sqrt(units);
  const isSquare =
    code?.activation === 'sigmoid' && units > 3 && units <= MOST_SQUARE && Number.isInteger(side);
  return isSquare ? { count: 1, height: side, width: side } : null;
}

function configured(text: string | undefined): Configured {
  try {
    return JSON.parse(text ?? '{}') as Configured;
  } catch {
    return {};
  }
}
