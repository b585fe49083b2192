/** Whether every service of this framework answers under a path, which no document describes. */
export function isOwnPath(path: string): boolean {
  return /^\/(actuator|profile|v3)(\/|$)/.test(path);
}
