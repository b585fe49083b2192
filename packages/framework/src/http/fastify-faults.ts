import { BadRequestError, BodyTooLargeError } from '../kernel/errors/request-errors.js';

/** What Fastify's own errors are called here; everything else comes back as it is. */
export function translated(error: unknown, bodyLimitBytes: number): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new BodyTooLargeError(bodyLimitBytes);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new BadRequestError('the body has another length than Content-Length says', 400, error);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new BadRequestError('the Content-Type is no media type', 415, error);
    case 'FST_ERR_BAD_URL':
      return new BadRequestError('the path is not rightly percent-encoded', 400, error);
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new BadRequestError('a part of the path is too long', 414, error);
    case 'ECONNRESET':
      // only the body of the request is read with Fastify's help: errors of remote calls have classes of their own
      return 'statusCode' in error
        ? new BadRequestError('the connection broke before the body was complete', 400, error)
        : error;
    default:
      return error;
  }
}
