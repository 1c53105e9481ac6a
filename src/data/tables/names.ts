/** Names of files that hold tables. */

/** The endings of names of files with tables; gzipped ones have `.gz` after that. */
const TABLE_NAME = /\.(csv|tsv|tab|jsonl|ndjson|npy|npz|safetensors|parquet|pq)(\.gz)?$/i;

export const isTableName = (name: string): boolean => TABLE_NAME.test(name);
