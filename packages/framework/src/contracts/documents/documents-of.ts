import type { PactFile } from '../pact-file.js';
import type { Contract, OpenApiDocument, ServiceContract } from '../service-contract.js';
import { asyncApiOf } from './asyncapi-document.js';
import { contextMap } from './context-map.js';
import { type GeneratedDocument, jsonDocument } from './document.js';
import { asyncApiPath, eventSchemaPath, openApiPath } from './document-names.js';
import { eventSchema } from './event-schema.js';
import { servicesOf } from './event-links.js';
import { promises } from './promises.js';
import { byText, sortedByName } from './sorting.js';
import { wireName } from '../../model/wire-name.js';

/**
 * The published language of services: for each the schemas of its events, its HTTP API and what it sends and receives; for all of
 * them the map and who promises what. The same contracts give the same bytes.
 * @param contracts of all services that know each other: the map and the promises are of these
 */
export function documentsOf(
  contracts: readonly Contract[],
  pacts: readonly PactFile[] = [],
): GeneratedDocument[] {
  const documents = [
    ...servicesOf(contracts).flatMap(serviceDocuments),
    contextMap(contracts),
    promises(contracts, pacts),
  ];
  return byText(documents, ({ folder, path }) => `${folder}/${path}`);
}

function serviceDocuments(contract: ServiceContract): GeneratedDocument[] {
  const { service, publishes, openApi } = contract;
  return [
    ...publishes.map((event) => {
      const path = eventSchemaPath(service, wireName(event.eventType, event.version));
      return jsonDocument(path, eventSchema(service, event));
    }),
    jsonDocument(asyncApiPath(service), asyncApiOf(contract)),
    jsonDocument(openApiPath(service), inOrder(openApi)),
  ];
}

/** The document that the service serves, in an order that does not change when a declaration is moved. */
function inOrder(openApi: OpenApiDocument): OpenApiDocument {
  const { paths, components } = openApi;
  return {
    ...openApi,
    paths: sortedByName(paths),
    components: { ...components, schemas: sortedByName(components.schemas) },
  };
}
