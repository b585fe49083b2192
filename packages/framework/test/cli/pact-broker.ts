import {
  type StandIn,
  type StandInAnswer,
  type StandInRequest,
  startStandIn,
} from '../../src/testing/stand-in-server.js';

interface Publication {
  readonly pacticipantName: string;
  readonly pacticipantVersionNumber: string;
  readonly contracts: readonly { readonly providerName: string; readonly content: string }[];
}

/** Plays a Pact Broker as its documentation has it, as far as the commands ask for it: pacts by version, what was verified, what fits. */
export async function startPactBroker(prefix = ''): Promise<StandIn> {
  const standIn = await startStandIn();
  const pacts = new Map<string, { readonly content: string; isVerified: boolean }>();

  const publish = (body: Publication): StandInAnswer => {
    const { pacticipantName: consumer, pacticipantVersionNumber: version, contracts } = body;
    for (const { providerName, content } of contracts) {
      const key = `${prefix}/pacts/provider/${providerName}/consumer/${consumer}/version/${version}`;
      const before = pacts.get(key);
      if (before && before.content !== content) {
        const text = `Cannot change the content of the pact for ${consumer} version ${version} and provider ${providerName}`;
        return { status: 409, body: { notices: [{ type: 'error', text }], errors: { contracts: [text] } } };
      }
      if (!before) pacts.set(key, { content, isVerified: false });
    }
    return { status: 200, body: { notices: [], _links: {} } };
  };

  const pactAt = (path: string): StandInAnswer => {
    const pact = pacts.get(path);
    if (!pact) return { status: 404, body: { error: { message: 'No pact found' } } };
    const href = `${standIn.url}${path}/verification-results`;
    const content = JSON.parse(Buffer.from(pact.content, 'base64').toString('utf8')) as object;
    return { status: 200, body: { ...content, _links: { 'pb:publish-verification-results': { href } } } };
  };

  const verify = (path: string): StandInAnswer => {
    pacts.get(path.replace(/\/verification-results$/, ''))!.isVerified = true;
    return { status: 201, body: {} };
  };

  /** As if all of that version ran in each environment. */
  const canIDeploy = (query: URLSearchParams): StandInAnswer => {
    const { pacticipant, version } = Object.fromEntries(query) as Record<string, string>;
    const asked = [...pacts].filter(
      ([key]) => key.endsWith(`/version/${version}`) && key.split('/').includes(pacticipant!),
    );
    const isFine = asked.every(([, { isVerified }]) => isVerified);
    const reason = isFine
      ? 'All required verification results are published and successful'
      : 'There is no verified pact';
    return {
      status: 200,
      body: { summary: { deployable: isFine ? true : null, reason }, notices: [], matrix: [] },
    };
  };

  standIn.answers(({ method, path, body }: StandInRequest) => {
    const { pathname, searchParams } = new URL(path, standIn.url);
    const at = `${method} ${pathname.slice(prefix.length)}`;
    if (!pathname.startsWith(prefix)) return { status: 404 };
    if (at === 'POST /contracts/publish') return publish(body as Publication);
    if (at === 'GET /can-i-deploy') return canIDeploy(searchParams);
    return method === 'POST' ? verify(pathname) : pactAt(pathname);
  });
  return standIn;
}
