/** Tasks of one array job: the job's index plus `offset` is the number of a task. */
export type TaskArray = { readonly offset: number; readonly indices: readonly number[] };

/**
 * Divides tasks among array jobs, whose indices are below a limit.
 *
 * @param size Slurm's MaxArraySize, at least 2: the largest index is one less
 */
export function splitArrays(tasks: readonly number[], size: number): readonly TaskArray[] {
  const arrays = new Map<number, number[]>();
  for (const task of [...tasks].sort((a, b) => a - b)) {
    const offset = task - (task % size);
    const indices = arrays.get(offset) ?? [];
    indices.push(task - offset);
    arrays.set(offset, indices);
  }
  return Array.from(arrays, ([offset, indices]) => ({ offset, indices }));
}

/** Indices as Slurm writes them: `0-3,7`. @param indices ascending */
export function arraySpec(indices: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const index of indices) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === index - 1) run.last = index;
    else runs.push({ first: index, last: index });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
