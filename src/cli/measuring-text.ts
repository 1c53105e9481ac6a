/** How far the measuring of a model has come, on one line. */
export const measuringText = ({ phase, share }: { phase: string; share: number }): string =>
  `measuring  ${phase}${share > 0 ? `  ${Math.round(100 * share)} %` : ''}`;
