import { setTimeout as sleep } from 'node:timers/promises';
import { ActuatorClient, type ViewState } from './actuator-client.js';
import { type Command, USAGE_ERROR } from './command.js';
import { ProgressBar } from './progress-bar.js';

const LOOK_EVERY_MS = 200;
const options = { url: 'where the service runs: http://localhost:8084' };

/** Shows the read models of a running service. */
export const viewsList: Command = {
  usage: 'views list --url URL',
  summary: 'shows the read models of a running service',
  options,
  async run({ out }, _words, { url }) {
    if (url === undefined) return USAGE_ERROR;
    for (const { name, generation, state, old } of await new ActuatorClient(url).views())
      out.write(
        `${name}: generation ${generation}, ${state}${old ? `, the old table has ${old.rows} rows` : ''}\n`,
      );
    return 0;
  },
};

/** Makes a read model of a running service anew, and stays until that is done. */
export const viewsRebuild: Command = {
  usage: 'views rebuild NAME --url URL',
  summary: 'makes a read model anew from the log, while it is read and written',
  options,
  async run({ out, err }, [name], { url }) {
    if (name === undefined || url === undefined) return USAGE_ERROR;
    const actuator = new ActuatorClient(url);
    await actuator.rebuild(name);
    const bar = new ProgressBar(err, `rebuilding ${name}`);
    let view: ViewState;
    for (;;) {
      view = await actuator.view(name);
      bar.show(view.progress?.done ?? 0, view.progress?.total ?? 0);
      if (view.state !== 'reading' && view.state !== 'swapping') break;
      await sleep(LOOK_EVERY_MS);
    }
    bar.end();
    if (view.state === 'done') {
      out.write(
        `${name} is at generation ${view.generation}; skanu views drop-old ${name} drops the table before\n`,
      );
      return 0;
    }
    err.write(
      `skanu: ${name} was not rebuilt: ${view.failure?.message ?? `it is ${view.state}`}; the live one is as it was\n`,
    );
    return 1;
  },
};

/** Drops the table that a rebuild has replaced. */
export const viewsDropOld: Command = {
  usage: 'views drop-old NAME --url URL',
  summary: 'drops the table that a rebuild has replaced',
  options,
  async run(_context, [name], { url }) {
    if (name === undefined || url === undefined) return USAGE_ERROR;
    await new ActuatorClient(url).dropOld(name);
    return 0;
  },
};
