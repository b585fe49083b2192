/** What identifies the schema of an event wherever it lies: a name, and no address that could be gone one day. */
export function eventUrn(service: string, name: string): string {
  return `urn:skanu:event:${service}:${encoded(name)}`;
}

export function serviceUrn(service: string): string {
  return `urn:skanu:service:${service}`;
}

export function eventSchemaPath(service: string, name: string): string {
  return `events/${service}/${encoded(name)}.schema.json`;
}

export function asyncApiPath(service: string): string {
  return `events/${service}.asyncapi.json`;
}

export function openApiPath(service: string): string {
  return `http/${service}.openapi.json`;
}

/** An event may be called anything; a file may not. */
function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll('*', '%2A');
}
