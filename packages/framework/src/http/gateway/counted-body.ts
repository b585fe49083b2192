import { Transform, type TransformCallback } from 'node:stream';
import { BodyTooLargeError } from '../../kernel/errors/request-errors.js';

/** A body on its way through, chunk by chunk, that fails when it becomes too large. */
export class CountedBody extends Transform {
  #bytes = 0;

  constructor(
    private readonly limitBytes: number,
    private readonly onChunk: () => void,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    this.onChunk();
    if (this.#bytes > this.limitBytes) done(new BodyTooLargeError(this.limitBytes));
    else done(null, chunk);
  }
}
