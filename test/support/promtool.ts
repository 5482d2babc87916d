import { spawnSync } from 'node:child_process';

/** Prometheus' own checker; null: it is not installed here. */
export const promtool = spawnSync('promtool', ['--version']).status === 0 ? 'promtool' : null;
