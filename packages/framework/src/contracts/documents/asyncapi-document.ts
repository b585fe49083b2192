import type { ReadEvent, ServiceContract } from '../service-contract.js';
import { type Message, readMessage, sentMessage } from './asyncapi-message.js';
import { serviceUrn } from './document-names.js';
import { byText } from './sorting.js';

/** An AsyncAPI 3.0 document. */
export interface AsyncApiDocument {
  readonly asyncapi: string;
  readonly [part: string]: unknown;
}

/** What a service publishes and reads, as AsyncAPI 3.0. */
export function asyncApiOf(contract: ServiceContract): AsyncApiDocument {
  const { service, version } = contract;
  const sent = contract.publishes.map((event) => sentMessage(contract, event));
  const sentNames = new Set(sent.map(({ id }) => id));
  const read = contract.reads.flatMap((event) =>
    [...event.upcasts, event.version].map((from) => ({
      event,
      from,
      message: readMessage(event, from, sentNames),
    })),
  );
  const messages = byText([...sent, ...read.map(({ message }) => message)], ({ id }) => id);
  return {
    asyncapi: '3.0.0',
    id: serviceUrn(service),
    info: { title: service, version, description: `The events that ${service} publishes and reads.` },
    defaultContentType: 'application/json',
    channels: channelsOf(messages),
    operations: Object.fromEntries([
      ...byText(sent, ({ id }) => id).map((message) => [`send.${message.id}`, operation('send', message)]),
      ...byText(read, ({ message }) => message.id).map(({ event, from, message }) => [
        `receive.${message.id}`,
        receiving(service, event, from, message),
      ]),
    ]),
    components: {
      messages: Object.fromEntries(messages.map(({ id, content }) => [id, content])),
      correlationIds: {
        correlation: {
          description: 'The same for all that one request sets going.',
          location: '$message.header#/ce_correlationid',
        },
      },
    },
  };
}

/** One for each topic, with all messages on it that are sent or read. */
function channelsOf(messages: readonly Message[]): object {
  const topics = byText([...Map.groupBy(messages, ({ topic }) => topic)], ([topic]) => topic);
  return Object.fromEntries(
    topics.map(([topic, onIt]) => [
      topic,
      {
        address: topic,
        messages: Object.fromEntries(onIt.map(({ id }) => [id, { $ref: `#/components/messages/${id}` }])),
        bindings: { kafka: { topic, bindingVersion: '0.5.0' } },
      },
    ]),
  );
}

function operation(action: 'send' | 'receive', { id, topic }: Message): object {
  return {
    action,
    channel: { $ref: `#/channels/${topic}` },
    messages: [{ $ref: `#/channels/${topic}/messages/${id}` }],
  };
}

function receiving(service: string, { version, readers }: ReadEvent, from: number, message: Message): object {
  const brought = from === version ? '' : `, brought to version ${version} before`;
  return {
    ...operation('receive', message),
    description: `Read by ${readers.map(({ method, kind }) => `${method} (${kind})`).join(', ')}${brought}.`,
    bindings: { kafka: { groupId: { type: 'string', const: service }, bindingVersion: '0.5.0' } },
  };
}
