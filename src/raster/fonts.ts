/** The files of the pictures' font. resvg silently drops all text when it finds no font, so each file is checked first. */
import { assetFile } from '../installation.ts';

/** Paths of the font's files: regular, then bold. */
export const fontFiles = (): string[] => ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(assetFile);
