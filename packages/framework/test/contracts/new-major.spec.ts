import { describe, expect, it } from 'vitest';
import { lockedContracts } from '../../src/contracts/compatibility/contracts-lock.js';
import { isNewMajor } from '../../src/contracts/compatibility/is-new-major.js';
import { serviceContract } from '../../src/contracts/contract-of.js';
import { defineService } from '../../src/index.js';

const shop = (version?: string) =>
  serviceContract(defineService({ name: 'shop', port: 0, ...(version !== undefined && { version }) }));
const released = (version?: string) => lockedContracts([shop(version)])[0];

describe('a service says that it means to break something', () => {
  it('with a new major number of its version', () => {
    expect(isNewMajor(released('1.4.0'), shop('2.0.0'))).toBe(true);
    expect(isNewMajor(released('1.4.0'), shop('1.5.0'))).toBe(false);
    expect(isNewMajor(released('2.0.0'), shop('1.0.0'))).toBe(false);
  });

  it('not with the first version that it has at all', () => {
    expect(isNewMajor(released(), shop('1.0.0'))).toBe(false);
  });
});
