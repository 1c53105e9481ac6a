/** What codes keep of the classes: measured by `hourglass evaluate --probe`. */
import type { ClustersResult } from '../clusters.ts';
import type { NeighboursResult } from '../neighbours.ts';
import type { ProbeResult } from '../probe.ts';
import type { ListedFigure } from './figure.ts';

/** Measured on the codes, and on PCA's scores where there are comparable ones. */
export interface CodesAndPca<T> {
  /** Measured on the codes. */
  codes: T;
  /** Measured on PCA's scores; null if there are none to compare with. */
  pca: T | null;
}

/** The part of a probe that its figures are read from. */
export interface ProbeValues
  extends CodesAndPca<
    Pick<ProbeResult, 'accuracy' | 'converged'> & Partial<Pick<ProbeResult, 'definition'>>
  > {
  /** The accuracy by the k nearest training codes. */
  neighbours: CodesAndPca<
    Pick<NeighboursResult, 'accuracy' | 'k'> & Partial<Pick<NeighboursResult, 'definition'>>
  >;
  /** Clusters by k-means, compared with the classes. */
  clusters: CodesAndPca<
    Pick<ClustersResult, 'accuracy' | 'nmi' | 'clusters'> & Partial<Pick<ClustersResult, 'definition'>>
  >;
}

export interface MeasuredProbe {
  /** What the codes keep of the classes. */
  probe?: ProbeValues | undefined;
}

/** A figure of the codes and of PCA's scores. */
export interface ProbeFigure extends ListedFigure<MeasuredProbe> {
  /** Parts of 1 are shown in percent, other figures as they are. */
  readonly show: 'percent' | 'number';
  readonly of: (probe: ProbeValues, side: 'codes' | 'pca') => number | undefined;
  /** What the table says instead of name and note, where that depends on the probe. */
  readonly shown?: (probe: ProbeValues) => { name?: string; note?: string };
}

const figure = (
  partOf: (probe: ProbeValues) => { definition?: string },
  words: Omit<ProbeFigure, 'request' | 'read' | 'measuredAs' | 'better' | 'unit'>,
): ProbeFigure => ({
  ...words,
  unit: '',
  better: 'higher',
  request: 'probe',
  read: ({ probe }) => (probe === undefined ? undefined : words.of(probe, 'codes')),
  measuredAs: ({ probe }) => probe && partOf(probe).definition,
});

export const PROBE_FIGURES: readonly ProbeFigure[] = [
  figure(({ codes }) => codes, {
    key: 'probeAccuracy',
    name: 'linear probe',
    note: 'accuracy',
    definition:
      'accuracy of multinomial logistic regression on the codes, standardised, fitted on the training images to its minimum',
    show: 'percent',
    of: (probe, side) => probe[side]?.accuracy,
    shown: ({ codes, pca }) =>
      codes.converged && (pca?.converged ?? true) ? {} : { note: 'accuracy, not converged' },
  }),
  figure(({ neighbours }) => neighbours.codes, {
    key: 'neighboursAccuracy',
    name: '5-NN',
    note: 'accuracy, by the nearest training codes',
    definition:
      'fraction of the images whose class is the majority class of their 5 nearest training codes, by Euclidean distance',
    show: 'percent',
    of: ({ neighbours }, side) => neighbours[side]?.accuracy,
    shown: ({ neighbours }) => ({ name: `${neighbours.codes.k}-NN` }),
  }),
  figure(({ clusters }) => clusters.codes, {
    key: 'clustersAccuracy',
    name: 'k-means',
    note: 'accuracy of clusters, each assigned to a class',
    definition:
      'fraction of the images in the cluster of their class: as many clusters of the codes as there are classes, assigned by the Hungarian method',
    show: 'percent',
    of: ({ clusters }, side) => clusters[side]?.accuracy,
    shown: ({ clusters }) => ({
      note: `accuracy of ${clusters.codes.clusters} clusters, each assigned to a class`,
    }),
  }),
  figure(({ clusters }) => clusters.codes, {
    key: 'clustersNmi',
    name: 'k-means, NMI',
    note: 'mutual information with the classes, normalised',
    definition: 'mutual information of clusters and classes, over the arithmetic mean of their entropies',
    show: 'number',
    of: ({ clusters }, side) => clusters[side]?.nmi,
  }),
];
