/** Names of folders and files that are the same on every system, and lead nowhere else. */
export const NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} ()._-]{0,99}$/u;
