import type { OpenApiContent } from '../service-contract.js';

/** What is said of a media type: where it is named, else where a range is that it is in. */
export function contentFor(content: OpenApiContent, mediaType: string): OpenApiContent[string] | undefined {
  const kind = mediaType.split('/')[0]!;
  return [mediaType, `${kind}/*`, '*/*']
    .map((wanted) => Object.entries(content).find(([name]) => plain(name) === wanted)?.[1])
    .find((one) => one !== undefined);
}

/** What is said of JSON, also of `application/hal+json` and the like. */
export function jsonIn(content: OpenApiContent): OpenApiContent[string] | undefined {
  const named = Object.entries(content).find(([name]) => /^application\/(.+\+)?json$/.test(plain(name)));
  return named?.[1] ?? contentFor(content, 'application/json');
}

/** Without parameters such as `charset`. */
function plain(mediaType: string): string {
  return mediaType.split(';')[0]!.trim().toLowerCase();
}
