/** What is known of the paths of a service, for requests that no route takes. */
export interface KnownPath {
  /** `/orders/{id}` */
  readonly template: string;
  readonly methods: ReadonlySet<string>;
  /** What bodies a method takes. */
  readonly consumes: ReadonlyMap<string, readonly string[]>;
}

interface Entry extends KnownPath {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
  readonly consumes: Map<string, readonly string[]>;
}

/** The path templates of an app and their methods: answers `OPTIONS`, and tells 405 from 404. */
export class RouteTable {
  readonly #entries = new Map<string, Entry>();

  add(method: string, template: string, consumes: readonly string[] | undefined): void {
    let entry = this.#entries.get(template);
    if (!entry) {
      entry = {
        template,
        segments: segmentsOf(template),
        methods: new Set(['OPTIONS']),
        consumes: new Map(),
      };
      this.#entries.set(template, entry);
    }
    entry.methods.add(method);
    if (method === 'GET') entry.methods.add('HEAD');
    if (consumes) entry.consumes.set(method, consumes);
  }

  /** The template that a path (without query) fits; one with fixed words goes before one with parameters. */
  find(path: string): KnownPath | undefined {
    const segments = segmentsOf(path);
    let found: Entry | undefined;
    for (const entry of this.#entries.values()) {
      if (fits(entry.segments, segments) && (!found || parameters(entry) < parameters(found))) found = entry;
    }
    return found;
  }
}

function segmentsOf(path: string): readonly string[] {
  return path
    .split('/')
    .filter((segment, index, all) => index > 0 && (segment !== '' || index < all.length - 1));
}

function fits(template: readonly string[], path: readonly string[]): boolean {
  return (
    template.length === path.length &&
    template.every((segment, index) => {
      if (segment === '{id}' || segment === '{position}') return /^[1-9]\d{0,15}$/.test(path[index]!);
      return segment.startsWith('{') || segment === path[index];
    })
  );
}

function parameters({ segments }: Entry): number {
  return segments.filter((segment) => segment.startsWith('{')).length;
}
