import { Counter, Gauge, type Registry } from 'prom-client';
import type { ClientState, OperationState } from '../runtime/remote/client-states.js';
import { orUnknown } from './or-unknown.js';

/** What is read of the clients when somebody looks. */
export interface ClientGauges {
  /** Of a service that calls nobody: none. */
  clients(): readonly ClientState[];
  /** Calls that wait to be undone. */
  undosPending(): Promise<number>;
}

const CIRCUIT_VALUE = { closed: 0, 'forced closed': 0, 'half open': 1, open: 2, 'forced open': 2 };

/** Adds what is read from the clients. A service that calls nobody has no series of them. */
export function watchClients(registry: Registry, gauges: ClientGauges): void {
  const registers = [registry];
  const labelNames = ['client', 'operation'];
  const each = (add: (labels: Record<string, string>, state: OperationState) => void) => {
    for (const { client, operations } of gauges.clients())
      for (const state of operations)
        add({ client, operation: state.operation.slice(client.length + 1) }, state);
  };
  new Gauge({
    name: 'client_circuit_state',
    help: 'Whether the circuit of an operation is closed (0), half open (1) or open (2)',
    labelNames,
    registers,
    collect() {
      each((labels, { circuit }) => {
        if (circuit !== 'none') this.set(labels, CIRCUIT_VALUE[circuit]);
      });
    },
  });
  new Counter({
    name: 'client_circuit_openings_total',
    help: 'How often the circuit of an operation has opened by itself',
    labelNames,
    registers,
    collect() {
      this.reset();
      each((labels, { openings }) => this.inc(labels, openings));
    },
  });
  new Gauge({
    name: 'client_bulkhead_running',
    help: 'Calls of an operation that are under way',
    labelNames,
    registers,
    collect() {
      each((labels, { running }) => this.set(labels, running));
    },
  });
  new Gauge({
    name: 'client_bulkhead_waiting',
    help: 'Calls of an operation that wait for their turn',
    labelNames,
    registers,
    collect() {
      each((labels, { waiting }) => this.set(labels, waiting));
    },
  });
  new Gauge({
    name: 'client_ejected_targets',
    help: 'Addresses of a service that are left alone for a while',
    labelNames: ['client'],
    registers,
    collect() {
      for (const { client, targets } of gauges.clients())
        this.set({ client }, targets.filter(({ isEjected }) => isEjected).length);
    },
  });
  new Gauge({
    name: 'client_undos_pending',
    help: 'Calls of other services that wait to be undone',
    registers,
    async collect() {
      this.set(await orUnknown(() => gauges.undosPending()));
    },
  });
}
